// The other side of the picture bench: sharp, driven by JSON lines on standard
// input, one answer a line on standard output. See src/job.rs for the protocol.
import { readFile, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import sharp from 'sharp'

sharp.cache(false)
sharp.concurrency(1)

const animated = (outputs) => outputs.some((output) => output.animated)

// As sharp's documentation has it: one pipeline, a clone for every output.
async function documented (input, outputs) {
  const source = sharp(input, { animated: animated(outputs) })
  const upright = animated(outputs) ? source : source.autoOrient()
  return Promise.all(outputs.map(({ width, format, options }) =>
    upright.clone()
      .resize({ width, withoutEnlargement: true })
      .toFormat(format, options)
      .toBuffer({ resolveWithObject: true })))
}

// Tuned by hand: decode once, keep raw pixels, make every width from the next larger one.
async function cascade (input, outputs) {
  const order = outputs.map((output, index) => ({ ...output, index }))
    .sort((a, b) => b.width - a.width)
  const results = []
  let pixels = null
  for (const { width, format, options, index } of order) {
    if (pixels?.info.width !== width) {
      const from = pixels === null
        ? sharp(input).autoOrient()
        : sharp(pixels.data, { raw: pixels.info })
      pixels = await from.resize({ width, withoutEnlargement: true })
        .raw().toBuffer({ resolveWithObject: true })
    }
    results[index] = await sharp(pixels.data, { raw: pixels.info })
      .toFormat(format, options).toBuffer({ resolveWithObject: true })
  }
  return results
}

const techniques = { documented, cascade }

async function produce ({ input, technique, outputs, save_to: saveTo }) {
  const bytes = await readFile(input)
  const cpuBefore = process.cpuUsage()
  const wallBefore = performance.now()
  const results = await techniques[technique](bytes, outputs)
  const wallMs = performance.now() - wallBefore
  const cpu = process.cpuUsage(cpuBefore)
  if (saveTo) {
    await Promise.all(results.map(({ data }, index) => writeFile(saveTo[index], data)))
  }
  return {
    cpu_ms: (cpu.user + cpu.system) / 1000,
    wall_ms: wallMs,
    peak_kib: peakKib(),
    outputs: results.map(({ data, info }) =>
      ({ width: info.width, height: info.pageHeight ?? info.height, bytes: data.length }))
  }
}

// Any picture to 8-bit RGB rows on white, upright, frames below one another.
async function decode ({ input, save_to: [target] }) {
  const { pages = 1, pageHeight } = await sharp(input, { pages: -1 }).metadata()
  const source = sharp(input, { pages: -1 })
  const { data, info } = await (pages > 1 ? source : source.autoOrient())
    .flatten({ background: '#ffffff' }).toColourspace('srgb')
    .raw().toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`${input} has ${info.channels} channels, not 3`)
  await writeFile(target, data)
  const height = pages > 1 ? pageHeight : info.height
  return { outputs: [{ width: info.width, height, bytes: data.length }] }
}

// High-water mark of the resident set, from proc(5).
function peakKib () {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0)
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line)
  const answer = await (job.technique === 'decode' ? decode(job) : produce(job))
    .catch((error) => ({ error: String(error) }))
  process.stdout.write(JSON.stringify(answer) + '\n')
}
