-- ARGV: the account, the id of the login that stays, and the epoch from which on all stay; an empty string is none.
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', p .. 'account:' .. ARGV[1], 0, -1)) do
    local stays = id == ARGV[2]
    if not stays and ARGV[3] ~= '' then
        local digest = redis.call('GET', p .. 'login:' .. id)
        local epoch = digest and fields(digest, 'epoch')[1]
        stays = epoch and tonumber(epoch) >= tonumber(ARGV[3])
    end
    if not stays then ended = ended + finish(ARGV[1], id) end
end
return ended
