pub(crate) const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b2530;--soft:#55616e;--paper:#fff;--card:#f5f7f9;--line:#d5dbe1;
--accent:#0b6bcb;--bad:#b3261e;--good:#1a7f37}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--soft:#a3afbb;--paper:#12171c;--card:#1b2229;
--line:#36414c;--accent:#6cb6ff;--bad:#ff8b80;--good:#5fd07e}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main,header,footer{max-width:70rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
.soft{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.tiles dt{color:var(--soft);font-size:.85rem}.tiles dd{margin:0;font-size:1.35rem;font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}
td.text,th.text{text-align:left;overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600;font-size:.85rem}
figure{margin:1rem 0}figcaption{color:var(--soft);font-size:.9rem}
svg{width:100%;height:auto;display:block}
svg .bar{fill:var(--accent)}svg .bad{fill:var(--bad)}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
svg line{stroke:var(--line)}
.alert{border:1px solid var(--line);border-left:.4rem solid var(--bad);border-radius:.4rem;padding:.6rem .9rem;margin:.6rem 0;background:var(--card);overflow-wrap:anywhere}
.alert p{margin:.2rem 0}.none{color:var(--good)}
a{color:var(--accent)}
footer{padding-bottom:2rem;color:var(--soft);font-size:.9rem}
";
