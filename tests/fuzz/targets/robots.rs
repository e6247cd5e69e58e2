//! robots.txt, as `fetch` reads it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulewatch::fetch::robots_allow;
use rulewatch_fuzz::seed;
use url::Url;

const ADDRESSES: [&str; 3] = [
    "https://www.example.org/",
    "https://www.example.org/en/rules.html?a=1",
    "https://www.example.org/content/dam/r%C3%A8gles.json",
];

fn seeds() -> Vec<Vec<u8>> {
    [
        "User-agent: *\nDisallow: /content/\nAllow: /content/dam/*.json$\nCrawl-delay: 2.5\n",
        "User-agent: rulewatch\nDisallow:\n\nUser-agent: *\nDisallow: /\n",
        "Sitemap: https://www.example.org/sitemap.xml\n# nothing\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

fuzz_target!(init: seed("robots", seeds()), |text: &[u8]| {
    for address in ADDRESSES {
        let url = Url::parse(address).unwrap();
        assert_eq!(robots_allow(text, &url), robots_allow(text, &url));
    }
});
