-- Requests of random users for wrk, tokens and login cookies by turns. Arguments: the file with them, a line each.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("number", #threads)
end

function init(args)
    requests, others = {}, 0
    for line in io.lines(args[1]) do
        requests[#requests + 1] = "GET /me HTTP/1.1\r\nHost: localhost\r\n" .. line .. "\r\n\r\n"
    end
    math.randomseed(os.time() + number)
end

function request()
    return requests[math.random(#requests)]
end

function response(status)
    if status ~= 200 then others = others + 1 end
end

function done(summary, latency)
    local others = 0
    for _, thread in ipairs(threads) do others = others + thread:get("others") end
    local errors = summary.errors
    io.write(string.format(
        'soak: {"requests": %d, "seconds": %.3f, "not_200": %d, "connect": %d, "read": %d, "write": %d, '
            .. '"timeout": %d, "median_micros": %d, "p99_micros": %d, "most_micros": %d}\n',
        summary.requests, summary.duration / 1e6, others, errors.connect, errors.read, errors.write, errors.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
end
