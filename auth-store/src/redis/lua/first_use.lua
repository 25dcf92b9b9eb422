-- ARGV: now and the end of the record.
local until_then = redis.call('GET', KEYS[1])
if until_then and tonumber(until_then) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', math.min(math.max(tonumber(ARGV[2]) - tonumber(ARGV[1]), 0), 3153600000000) + 60000)
return 1
