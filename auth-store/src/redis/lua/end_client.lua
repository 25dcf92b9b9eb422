-- Ends at most a thousand of a client's logins, so that nobody waits. How many there were in the list.
local ids = redis.call('ZRANGE', p .. 'client:' .. ARGV[1], 0, 999)
for _, id in ipairs(ids) do
    local digest = redis.call('GET', p .. 'login:' .. id)
    local account = digest and fields(digest, 'account')[1]
    if account then finish(account, id) end
    redis.call('ZREM', p .. 'client:' .. ARGV[1], id)
end
return #ids
