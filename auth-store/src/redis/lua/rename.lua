-- ARGV: the account, the login and its new name. 1 when there is such a login.
local digest = redis.call('GET', p .. 'login:' .. ARGV[2])
if not digest or fields(digest, 'account')[1] ~= ARGV[1] then return 0 end
redis.call('HSET', p .. 'credential:' .. digest, 'name', ARGV[3])
return 1
