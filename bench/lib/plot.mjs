/** Draws plots as SVG, in light colours and, where the reader's theme is dark, in dark ones. Needs the packages of bench/. */
import * as vega from 'vega'
import { compile } from 'vega-lite'
import { COLORS, plotSpec } from './plot-spec.mjs'

/** Of the width of a letter to the size of its font: without a canvas Vega takes 0.8, and leaves much empty. */
const LETTER_WIDTH = 0.58
vega.textMetrics.width = (item, text) =>
  Math.ceil(String(text ?? '').length * LETTER_WIDTH * (item.fontSize ?? 11) * (item.fontWeight >= 600 ? 1.08 : 1))

/** The same entries give the same bytes. @returns {Promise<string>} */
export async function drawPlot(group, entries) {
  vega.resetSVGDefIds?.()
  const view = new vega.View(vega.parse(compile(plotSpec(group, entries)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return `${withDarkColors(svg)}\n`
}

function withDarkColors(svg) {
  const rules = Object.values(COLORS).flatMap(([light, dark]) =>
    ['fill', 'stroke'].map((name) => `[${name}="${light}"]{${name}:${dark}}`),
  )
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`
  return svg.replace(/<svg[^>]*>/, (tag) => `${tag}${style}`)
}
