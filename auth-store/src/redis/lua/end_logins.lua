-- ARGV: the account, and the id of the login that stays, or an empty string.
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', p .. 'account:' .. ARGV[1], 0, -1)) do
    if id ~= ARGV[2] then ended = ended + finish(ARGV[1], id) end
end
return ended
