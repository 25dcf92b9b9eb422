-- ARGV: when the attempt started, and whether it failed.
for _, key in ipairs(KEYS) do
    for _, attempt in ipairs(redis.call('ZRANGEBYSCORE', key, ARGV[1], ARGV[1])) do
        if string.sub(attempt, 1, 1) == 'r' then
            redis.call('ZREM', key, attempt)
            if ARGV[2] == '1' then redis.call('ZADD', key, ARGV[1], 'f' .. string.sub(attempt, 2)) end
            break
        end
    end
end
return 0
