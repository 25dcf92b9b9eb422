-- ARGV: how many, the window, now, how many at once. 0 when it is counted, or else how long to wait. Times are milliseconds and
-- their fractions: the key holds when the bucket will be full again.
local each, now = tonumber(ARGV[2]) / tonumber(ARGV[1]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + each
local wait = full_at - now - each * tonumber(ARGV[4])
-- Less than a microsecond is a matter of rounding.
if wait > 0.001 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', full_at), 'PX', math.ceil(math.min(full_at - now, 3153600000000)) + 60000)
return 0
