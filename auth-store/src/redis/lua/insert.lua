local digest, account, epoch, client, now, ends, idle, most, ends_oldest, single, is_token =
    ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]
if redis.call('EXISTS', p .. 'credential:' .. digest) == 1 then
    return redis.error_reply('ERR there is something with this digest already')
end
if most == '0' then return 0 end
local all = p .. 'account:' .. account
local live = {}
for _, id in ipairs(redis.call('ZRANGE', all, 0, -1)) do
    local of = redis.call('GET', p .. 'login:' .. id)
    if not of or single == '1' then
        finish(account, id)
    else
        local login = fields(of, 'client', 'epoch', 'ends', 'used', 'idle', 'token', 'expires')
        local is_presented = login[6] == '' or login[7] == '' or (login[7] and tonumber(login[7]) > now)
        if login[1] == client and login[2] == epoch and is_presented and is_live(now, login[3], login[4], login[5]) then
            live[#live + 1] = id
        end
    end
end
if most ~= '' then
    local excess = #live + 1 - tonumber(most)
    if excess > 0 and ends_oldest ~= '1' then return 0 end
    for n = 1, excess do finish(account, live[n]) end
end
local id = redis.call('INCR', p .. 'id')
local token = is_token == '1' and redis.call('INCR', p .. 'id') or ''
local hash, left = p .. 'credential:' .. digest, time_left(now, ends, idle)
redis.call('HSET', hash, 'login', id, 'token', token, 'account', account, 'epoch', epoch, 'client', client,
    'created', now, 'made', now, 'used', now, 'token_used', now, 'ends', ends, 'idle', idle, 'expires', ARGV[12], 'name', ARGV[13],
    'address', ARGV[14], 'agent', ARGV[15], 'csrf', ARGV[16])
redis.call('SET', p .. 'login:' .. id, digest)
keep_for(left, hash, p .. 'login:' .. id)
if token ~= '' then
    redis.call('SET', p .. 'token:' .. token, digest)
    keep_for(left, p .. 'token:' .. token)
end
redis.call('ZADD', all, now, id)
if left then
    -- The list lasts as long as the last of its logins.
    local had = redis.call('PTTL', all)
    if redis.call('ZCARD', all) == 1 or (had > 0 and had < left) then redis.call('PEXPIRE', all, left) end
else
    redis.call('PERSIST', all)
end
local of_client = p .. 'client:' .. client
redis.call('ZREMRANGEBYSCORE', of_client, '-inf', now)
redis.call('ZADD', of_client, left and now + left or '+inf', id)
return id
