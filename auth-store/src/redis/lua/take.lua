-- ARGV: how many, the window, now. 0 when it is counted, or else how long to wait.
local most, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
-- The clocks of machines differ by less than a minute. What lies farther ahead was counted before the clock was set back.
for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now + 60000), '+inf')) do
    redis.call('ZADD', KEYS[1], now, ahead)
end
local counted = redis.call('ZCARD', KEYS[1])
if counted < most then
    local name = counted
    while redis.call('ZSCORE', KEYS[1], ARGV[3] .. ':' .. name) do name = name + 1 end
    redis.call('ZADD', KEYS[1], now, ARGV[3] .. ':' .. name)
    redis.call('PEXPIRE', KEYS[1], math.min(window, 3153600000000) + 60000)
    return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return oldest[2] and math.min(math.max(tonumber(oldest[2]) + window - now, 1), window) or window
