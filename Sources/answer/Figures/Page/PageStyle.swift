/// The style sheet of a report: serif text, tables that scroll by themselves, light and dark.
enum PageStyle {
  static let css = """
    :root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5c5c5c; --line: #d5d5d2; --paper: #fdfdfb;
      --band: #f3f3ef; --link: #0b5a94; --warn: #8a3b00; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e7e6e3; --soft: #a8a7a2; --line: #3d3d3b; --paper: #191918;
      --band: #232322; --link: #7fbdeb; --warn: #f0a36b; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
    body { margin: 0 auto; padding: 0 1.25rem 4rem; max-width: 68rem; background: var(--paper); color: var(--ink);
      font: 1.0625rem/1.6 Charter, "Bitstream Charter", "Source Serif Pro", Cambria, Georgia, serif; overflow-wrap: break-word; }
    header { border-bottom: 1px solid var(--line); padding: 3rem 0 1rem; }
    h1, h2, h3, nav, table, .kind, .files, figcaption, dl, summary, .notes { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
    h1 { font-size: 2.1rem; line-height: 1.15; margin: 0 0 1rem; font-weight: 650; letter-spacing: -0.01em; }
    h2 { font-size: 1.35rem; margin: 3rem 0 0.75rem; font-weight: 650; }
    h3 { font-size: 1rem; margin: 2rem 0 0.5rem; font-weight: 600; }
    p, ul, ol { max-width: 42rem; }
    .kind { margin: 0 0 0.25rem; color: var(--soft); font-size: 0.9rem; }
    nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.9rem; }
    a { color: var(--link); text-decoration: none; } a:hover, a:focus-visible { text-decoration: underline; }
    .answer { font-size: 1.15rem; padding-left: 1.25rem; }
    .table { overflow-x: auto; border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); }
    table { border-collapse: collapse; font-size: 0.82rem; line-height: 1.35; width: 100%; font-variant-numeric: tabular-nums lining-nums; }
    th { text-align: right; vertical-align: bottom; font-weight: 600; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--ink); }
    td { text-align: right; white-space: nowrap; padding: 0.28rem 0.6rem; }
    td.text, th.text { text-align: left; }
      .wide { font-size: 0.74rem; } .wide th, .wide td { padding-left: 0.3rem; padding-right: 0.3rem; }
    tbody tr:nth-child(even) { background: var(--band); }
    sup { font-size: 0.7em; line-height: 0; }
    .notes { font-size: 0.8rem; color: var(--soft); padding-left: 1.25rem; }
    .figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.5rem 2rem; align-items: start; }
    figure { margin: 0; min-width: 0; } figure.page { grid-column: 1 / -1; }
    figure svg { display: block; width: 100%; height: auto; background: #fff; border-radius: 4px; }
    figure.column svg { max-width: 32.25rem; }
    .picture { overflow-x: auto; border-radius: 4px; } figure.page svg { min-width: 40rem; }
    @media (prefers-color-scheme: dark) { figure svg { filter: brightness(0.92); } }
    figcaption { font-size: 0.82rem; line-height: 1.5; color: var(--soft); margin-top: 0.6rem; }
    figcaption strong { color: var(--ink); }
    .files { opacity: 0.75; white-space: nowrap; }
    .missing { color: var(--warn); background: var(--band); border-left: 3px solid var(--warn); padding: 0.6rem 0.9rem; margin: 0.5rem 0; }
    .remedy { color: var(--soft); }
    details { border-bottom: 1px solid var(--line); padding: 0.45rem 0; } summary { cursor: pointer; font-size: 0.92rem; }
    dl { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: 0.2rem 1rem; font-size: 0.82rem; margin: 0.6rem 0; }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85rem; }
    @media (max-width: 46rem) { .figures { grid-template-columns: minmax(0, 1fr); } h1 { font-size: 1.6rem; }
      header { padding-top: 1.5rem; } dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 0.4rem; } }
    @media print { nav { display: none; } body { max-width: none; } figure, tr { break-inside: avoid; } }
    """
}
