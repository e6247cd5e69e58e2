//! A first look at a catalogue, against sites on loopback: what each source is, in an operator's words.

use crate::outside::{home, run, source};
use crate::site::{Site, answer, with};

const FEES: &str = "
[[source.facts]]
key = 'pnp.fees'
type = 'fees'
record = '{service|slug}'
fields = { service = { key_only = true }, amount = { as = 'money' } }
read = [{ table = { columns = { service = '^service', amount = '^amount' } } }]
";

const READ: &str =
    "<main><h1>Fees</h1><table><tr><th>Service<th>Amount<tr><td>Application<td>$500</table></main>";
const ANEW: &str = "<main><h1>What you pay</h1><table><tr><th>Kind of request<th>Price ($)
    <tr><td>Application<td>500<tr><td>Review<td>150</table></main>";
const ABOVE: &str = "<main><h1>All pages</h1><ul><li><a href='/contact'>Contact</a></li>
    <li><a href='/new/nominee-fees'>Fees of the nominee program</a></li></ul></main>";

#[tokio::test(flavor = "multi_thread")]
async fn a_first_look_says_of_each_source_what_an_operator_does_next() {
    let site = Site::start(|asked, _| match asked.path.as_str() {
        "/known" | "/unseen" => answer(200, READ),
        "/anew" => answer(200, ANEW),
        "/plain" => answer(200, "<main><h1>Rules</h1><p>You must apply.</p></main>"),
        "/closed" => with(answer(403, "no"), "content-type", "text/plain"),
        "/old" => answer(200, ABOVE),
        _ => answer(404, "there is no such page"),
    })
    .await;
    let with_recipe = |id: &str, path: &str, more: &str, key: &str| {
        let facts = FEES.replace("pnp.fees", key);
        format!(
            "{}title = 'Nominee program: fees'\n{more}{facts}",
            source(id, site.url(path).as_str())
        )
    };
    let sources = [
        with_recipe("known", "known", "verified = '2026-05-01'\n", "pnp.a"),
        with_recipe("unseen", "unseen", "", "pnp.b"),
        with_recipe("anew", "anew", "", "pnp.c"),
        source("plain", site.url("plain").as_str()),
        source("closed", site.url("closed").as_str()),
        with_recipe("moved", "old/nominee-fees.html", "", "pnp.d"),
    ];
    let home = home(&sources.concat());
    let first = run(&home, &["check", "--first"]);
    let line = |id: &str| {
        first.out.lines().find(|line| line.starts_with(&format!("{id}: "))).unwrap_or("")
    };
    assert!(line("known").contains("read as expected: 1 records"), "{first:?}");
    assert!(line("unseen").contains("awaiting review"), "{first:?}");
    assert!(line("unseen").contains("rulewatch review accept unseen"), "{first:?}");
    assert!(line("plain").contains("read as expected"), "{first:?}");
    assert!(line("anew").contains("not read"), "{first:?}");
    assert!(
        first.out.contains("the page has a table of `Kind of request | Price ($)`"),
        "{first:?}"
    );
    assert!(first.out.contains("to try: table = { columns = { kind_of_request = "), "{first:?}");
    assert!(line("closed").contains("refused"), "{first:?}");
    let there = site.url("new/nominee-fees");
    assert!(line("moved").contains(&format!("gone; it seems to be at {there}")), "{first:?}");
    let totals =
        "6 sources: 1 gone, 1 not read, 2 read as expected, 1 read, awaiting review, 1 refused";
    assert!(first.out.contains(totals), "{first:?}");
    assert_eq!(first.code, Some(0), "{first:?}");
    // It is a check as any other: what was read is known.
    let facts = run(&home, &["facts", "pnp.a"]);
    assert!(facts.out.contains("500"), "{facts:?}");
    let one = run(&home, &["check", "--first", "anew"]);
    assert!(one.out.contains("1 sources: 1 not read"), "{one:?}");
}
