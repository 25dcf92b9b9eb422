-- ARGV: the account, the token, the new end or an empty string, the account's epoch.
local digest, expires = redis.call('GET', p .. 'token:' .. ARGV[2]), ARGV[3]
local of = digest and fields(digest, 'account', 'ends', 'epoch')
if not of or of[1] ~= ARGV[1] or of[3] ~= ARGV[4] then return {} end
if of[2] ~= '' and (expires == '' or tonumber(of[2]) < tonumber(expires)) then expires = of[2] end
redis.call('HSET', p .. 'credential:' .. digest, 'expires', expires)
return fields(digest, 'token', 'login', 'client', 'made', 'token_used', 'idle', 'expires', 'account', 'epoch')
