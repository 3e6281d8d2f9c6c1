// Node's undici, sixteen requests deep on each of two connections; and bodies of no known length.
// node undici.js ORIGIN
'use strict'
const assert = require('assert')
const { Pool } = require('undici')

const pool = new Pool(process.argv[2], { connections: 2, pipelining: 16 })
const counts = { requests: 0, uploaded: 0, downloaded: 0 }

async function ask(options, sent, expected) {
  const { statusCode, body } = await pool.request(options)
  const text = await body.text()
  assert.strictEqual(statusCode, 200)
  assert.strictEqual(text, expected)
  counts.requests += 1
  counts.uploaded += sent
  counts.downloaded += text.length
}

function get() {
  return ask({ path: '/small', method: 'GET' }, 0, 'Hello, World!')
}

function put(number) {
  const text = `${number} `.repeat(number)
  return ask({ path: '/echo', method: 'PUT', body: text }, text.length, text)
}

async function* pieces(text) {
  for (let at = 0; at < text.length; at += 7000) yield text.slice(at, at + 7000)
}

function stream(number) {
  const text = `${number},`.repeat(20000)
  return ask({ path: '/echo', method: 'PUT', body: pieces(text) }, text.length, text)
}

async function main() {
  const all = []
  for (let number = 0; number < 200; ++number) all.push(get(), put(number))
  await Promise.all(all)
  await Promise.all([1, 2, 3].map(stream))
  await pool.close()
  const { requests, uploaded, downloaded } = counts
  console.log(`requests ${requests} uploaded ${uploaded} downloaded ${downloaded}`)
}

main()
