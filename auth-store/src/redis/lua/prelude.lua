-- A login is one hash under the digest of what its owner presents. KEYS[1] is what every key begins with. Numbers are
-- milliseconds, or ids; an empty string stands for none. Expiry is left to Redis, a minute late, because last uses are
-- noted late; whoever reads a login compares its times.
local p = KEYS[1]

local function fields(digest, ...)
    return redis.call('HMGET', p .. 'credential:' .. digest, ...)
end

-- How long the login may still be kept, or nil for ever.
local function time_left(now, ends, idle)
    local left = nil
    if ends and ends ~= '' then left = tonumber(ends) - now end
    if idle and idle ~= '' and (not left or tonumber(idle) < left) then left = tonumber(idle) end
    -- Redis takes no time beyond a few hundred years.
    return left and math.min(math.max(left, 0), 3153600000000) + 60000
end

local function keep_for(left, ...)
    for _, key in ipairs({...}) do
        if left then redis.call('PEXPIRE', key, left) else redis.call('PERSIST', key) end
    end
end

local function is_live(now, ends, used, idle)
    if ends ~= '' and tonumber(ends) <= now then return false end
    return idle == '' or tonumber(used) + tonumber(idle) > now
end

-- Whether a use at this time replaces the last one, which cannot be right after `latest` unless what was used
-- was made after it.
local function is_newer(at, created, last, latest)
    return tonumber(last) < at or (tonumber(last) > latest and tonumber(created) <= latest)
end

-- Ends a login. 1 when there was one.
local function finish(account, id)
    local digest = redis.call('GET', p .. 'login:' .. id)
    redis.call('ZREM', p .. 'account:' .. account, id)
    if not digest then return 0 end
    local of = fields(digest, 'token', 'client')
    redis.call('DEL', p .. 'credential:' .. digest, p .. 'login:' .. id)
    if of[1] and of[1] ~= '' then redis.call('DEL', p .. 'token:' .. of[1]) end
    if of[2] then redis.call('ZREM', p .. 'client:' .. of[2], id) end
    return 1
end
