local digest = redis.call('GET', p .. 'login:' .. ARGV[2])
if not digest or fields(digest, 'account')[1] ~= ARGV[1] then return 0 end
return finish(ARGV[1], ARGV[2])
