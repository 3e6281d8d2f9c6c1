-- For wrk: asks as a browser does, as many times in a row as the argument behind `--` says.
function init(arguments)
  local one = "GET " .. wrk.path .. " HTTP/1.1\r\n" ..
    "Host: 127.0.0.1:3000\r\n" ..
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" ..
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" ..
    "Accept-Language: en-US,en;q=0.5\r\n" ..
    "Accept-Encoding: gzip, deflate, br\r\n" ..
    "Connection: keep-alive\r\n" ..
    "Cookie: session=2f1b9c7e5d3a48e0b6a1c4d8f7e2a390; theme=dark; visits=17\r\n" ..
    "Referer: http://127.0.0.1:3000/index.html\r\n" ..
    "Upgrade-Insecure-Requests: 1\r\n" ..
    "Sec-Fetch-Dest: document\r\n" ..
    "Sec-Fetch-Mode: navigate\r\n" ..
    "Sec-Fetch-Site: same-origin\r\n\r\n"
  text = string.rep(one, tonumber(arguments[1]))
end

function request()
  return text
end

function done(summary)
  local errors = summary.errors
  print(string.format("answered %d failed %d", summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
