local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', p .. 'account:' .. ARGV[1], 0, -1)) do
    local digest = redis.call('GET', p .. 'login:' .. id)
    if digest then
        found[#found + 1] = fields(digest, 'login', 'client', 'created', 'used', 'idle', 'ends', 'epoch', 'name',
            'address', 'agent', 'token', 'expires')
    else
        redis.call('ZREM', p .. 'account:' .. ARGV[1], id)
    end
end
return found
