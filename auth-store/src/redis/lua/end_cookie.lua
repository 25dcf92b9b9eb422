local of = fields(ARGV[1], 'login', 'account', 'token')
if not of[1] or of[3] ~= '' then return 0 end
return finish(of[2], of[1])
