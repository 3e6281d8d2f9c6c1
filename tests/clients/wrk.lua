-- Tells what wrk has counted. Its bytes are of whole answers.
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format("requests %d uploaded 0 downloaded %d errors %d", summary.requests,
    summary.bytes, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
