-- Each key is a sorted set of attempts by the time they started: `r:` while they run, `f:` once they failed.
-- ARGV: now and how long an attempt may run, then for each key how many may fail and the window.
-- Answers 0 when the attempt started, 1 with the key that has too many failures and how long to wait, or 2 when too many run.
local now, in_flight = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest, wait, busy = 0, 0, false
for i, key in ipairs(KEYS) do
    local most, window = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
    -- A clock that was ahead must not close a name for long.
    for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. (now + in_flight), '+inf')) do
        redis.call('ZADD', key, now + in_flight, ahead)
    end
    local failed, running = {}, 0
    local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    for j = 1, #all, 2 do
        local at = tonumber(all[j + 1])
        if string.sub(all[j], 1, 1) == 'r' and at + in_flight > now then
            running = running + 1
        else
            failed[#failed + 1] = at
        end
    end
    if #failed >= most then
        local ends = (failed[#failed - most + 1] or now) + window
        local left = math.min(math.max(ends - now, 1), math.max(window, 1))
        if left > wait then longest, wait = i, left end
    elseif #failed + running >= most then
        busy = true
    end
end
if longest > 0 then return {1, longest, wait} end
if busy then return {2, 0, 0} end
for i, key in ipairs(KEYS) do
    local name = redis.call('ZCARD', key)
    while redis.call('ZSCORE', key, 'r:' .. ARGV[1] .. ':' .. name) or redis.call('ZSCORE', key, 'f:' .. ARGV[1] .. ':' .. name) do
        name = name + 1
    end
    redis.call('ZADD', key, now, 'r:' .. ARGV[1] .. ':' .. name)
    redis.call('PEXPIRE', key, math.min(tonumber(ARGV[2 * i + 2]), 3153600000000) + 60000)
end
return {0, 0, 0}
