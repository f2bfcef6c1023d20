/// The style of the page. Its hash is in the content policy.
pub(crate) const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b2530;--soft:#55616e;--paper:#fff;--card:#f5f7f9;--line:#d5dbe1;
--link:#0b5cad;--good:#1a7f37;--warn:#8a5300;--bad:#b3261e;--work:#6b3fa0}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--soft:#a3afbb;--paper:#12171c;--card:#1b2229;
--line:#36414c;--link:#6cb6ff;--good:#5fd07e;--warn:#f0b429;--bad:#ff8b80;--work:#c4a1f5}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
header,main,footer{max-width:75rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.6rem;margin:1.5rem 0 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0}
a{color:var(--link)}.skip{position:absolute;left:-99rem}.skip:focus{position:static}
.card{border:1px solid var(--line);border-left:.4rem solid;border-radius:.4rem;padding:.6rem .9rem;margin:.6rem 0;background:var(--card)}
.card *{color:var(--ink)}.card .soft{color:var(--soft)}.card p,.card ul{margin:.2rem 0}.big{font-size:1.25rem;font-weight:600}
.soft,small,footer{color:var(--soft)}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.work{color:var(--work)}
i{font-style:normal}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;color:var(--soft);padding:.3rem 0}
th,td{padding:.35rem .5rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
tbody th{min-width:8rem;overflow-wrap:anywhere}td{white-space:nowrap}small{display:block}
thead th,[scope=rowgroup]{color:var(--soft);font-size:.85rem}[scope=rowgroup]{padding-top:1rem}
svg{width:13.5rem;height:1.5rem;display:block}.key svg{width:.15rem;height:1.5rem;display:inline;margin-left:.5rem;vertical-align:-.2rem}
path{fill:none;stroke-dasharray:.8 .2}
.u{stroke:var(--good);stroke-width:6}.s{stroke:var(--warn);stroke-width:8}.d{stroke:var(--bad);stroke-width:10}
.m{stroke:var(--work);stroke-width:4}.n{stroke:var(--soft);stroke-width:2}
@media (forced-colors:active){path{stroke:CanvasText}}
";
