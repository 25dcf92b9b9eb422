-- ARGV: the account, and the epoch from which on its logins stay; an empty string is none.
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', p .. 'account:' .. ARGV[1], 0, -1)) do
    local stays = false
    if ARGV[2] ~= '' then
        local digest = redis.call('GET', p .. 'login:' .. id)
        local epoch = digest and fields(digest, 'epoch')[1]
        stays = epoch and tonumber(epoch) >= tonumber(ARGV[2])
    end
    if not stays then ended = ended + finish(ARGV[1], id) end
end
return ended
