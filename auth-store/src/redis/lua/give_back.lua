local one = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1], 'LIMIT', 0, 1)
if one[1] then redis.call('ZREM', KEYS[1], one[1]) end
return 0
