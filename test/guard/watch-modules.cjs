/**
 * Loaded before a program: when it makes its WebAssembly instance, writes to descriptor 3 as JSON what has been loaded until
 * then.
 */
const { writeSync } = require('node:fs')
const Module = require('node:module')

const required = new Set()
const load = Module._load
Module._load = function (id, ...rest) {
  required.add(id)
  return load.call(this, id, ...rest)
}

const opened = []
const { dlopen } = process
process.dlopen = (module, path, ...rest) => {
  opened.push(path)
  return dlopen.call(process, module, path, ...rest)
}

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    // Node.js keeps this list itself, also of what it loads without being asked.
    writeSync(3, JSON.stringify({ required: [...required], opened, internal: process.moduleLoadList }))
    super(module, imports)
  }
}
