-- ARGV: the account, the login, and the epoch to which it moves on from the one before. 1 when there is such a login.
local digest = redis.call('GET', p .. 'login:' .. ARGV[2])
if not digest then return 0 end
local of = fields(digest, 'account', 'epoch')
if of[1] ~= ARGV[1] or tonumber(of[2]) ~= tonumber(ARGV[3]) - 1 then return 0 end
redis.call('HSET', p .. 'credential:' .. digest, 'epoch', ARGV[3])
return 1
