-- ARGV: how many, the window, now, how many at once. 0 when it is counted, or else how long to wait. Times are milliseconds and
-- their fractions: the key holds when the bucket will be full again.
local function keep(full_at, now)
    redis.call('SET', KEYS[1], string.format('%.6f', full_at), 'PX', math.ceil(math.min(full_at - now, 3153600000000)) + 60000)
end

local each, now = tonumber(ARGV[2]) / tonumber(ARGV[1]), tonumber(ARGV[3])
local room = each * tonumber(ARGV[4])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
-- No bucket is emptier than empty: the clocks of machines differ by less than a minute, or the clock was set back.
if full_at > now + room + 60000 then
    full_at = now + room
    keep(full_at, now)
end
full_at = full_at + each
local wait = full_at - now - room
-- Less than a microsecond is a matter of rounding.
if wait > 0.001 then return math.ceil(wait) end
keep(full_at, now)
return 0
