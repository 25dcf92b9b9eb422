-- ARGV: `login` or `token`, then ids and times by turns.
for n = 2, #ARGV, 2 do
    local digest, at = redis.call('GET', p .. ARGV[1] .. ':' .. ARGV[n]), tonumber(ARGV[n + 1])
    if digest and ARGV[1] == 'token' then
        local used = fields(digest, 'token_used')[1]
        if used and tonumber(used) < at then redis.call('HSET', p .. 'credential:' .. digest, 'token_used', at) end
    end
    local of = digest and fields(digest, 'used', 'ends', 'idle', 'login', 'token', 'account', 'client')
    if of and of[1] and tonumber(of[1]) < at then
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
