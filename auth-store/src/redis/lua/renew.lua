-- ARGV: the account, its epoch, the old token, the new digest, now, the new end or an empty string, the latest last use that can be
-- right.
local account, epoch, old, digest, now, expires = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local before = redis.call('GET', p .. 'token:' .. old)
if not before then return {} end
local of = fields(before, 'account', 'epoch', 'token', 'login', 'ends', 'used', 'created')
if of[1] ~= account or of[2] ~= epoch or of[3] ~= old then return {} end
if redis.call('EXISTS', p .. 'credential:' .. digest) == 1 then
    return redis.error_reply('ERR there is something with this digest already')
end
if of[5] ~= '' and (expires == '' or tonumber(of[5]) < tonumber(expires)) then expires = of[5] end
local token = redis.call('INCR', p .. 'id')
redis.call('RENAME', p .. 'credential:' .. before, p .. 'credential:' .. digest)
redis.call('HSET', p .. 'credential:' .. digest, 'token', token, 'made', now, 'token_used', now,
    'used', is_newer(tonumber(now), of[7], of[6], tonumber(ARGV[7])) and now or of[6], 'expires', expires)
redis.call('SET', p .. 'login:' .. of[4], digest, 'KEEPTTL')
redis.call('RENAME', p .. 'token:' .. old, p .. 'token:' .. token)
redis.call('SET', p .. 'token:' .. token, digest, 'KEEPTTL')
return fields(digest, 'token', 'login', 'client', 'made', 'token_used', 'idle', 'expires', 'account', 'epoch')
