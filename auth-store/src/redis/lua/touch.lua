-- ARGV: `login` or `token`, the latest time that can be right, then ids and times by turns.
local latest = tonumber(ARGV[2])
for n = 3, #ARGV, 2 do
    local digest, at = redis.call('GET', p .. ARGV[1] .. ':' .. ARGV[n]), tonumber(ARGV[n + 1])
    if digest and ARGV[1] == 'token' then
        local of = fields(digest, 'made', 'token_used')
        if of[1] and is_newer(at, of[1], of[2], latest) then redis.call('HSET', p .. 'credential:' .. digest, 'token_used', at) end
    end
    local of = digest and fields(digest, 'used', 'ends', 'idle', 'login', 'token', 'account', 'client', 'created')
    if of and of[1] and is_newer(at, of[8], of[1], latest) then
        redis.call('HSET', p .. 'credential:' .. digest, 'used', at)
        local left = time_left(at, of[2], of[3])
        keep_for(left, p .. 'credential:' .. digest, p .. 'login:' .. of[4])
        if of[5] ~= '' then keep_for(left, p .. 'token:' .. of[5]) end
        if left then
            local all = p .. 'account:' .. of[6]
            local had = redis.call('PTTL', all)
            if had > 0 and had < left then redis.call('PEXPIRE', all, left) end
            redis.call('ZADD', p .. 'client:' .. of[7], 'XX', at + left, of[4])
        end
    end
end
return 0
