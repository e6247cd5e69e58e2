//! What stands around and between the rules on a page and is none: boxes, banners, menus, stamps.

use super::super::sheet::Sheet;
use super::super::splice::{Change, put};
use super::Class::Form;
use super::Reach::{Both, One};
use super::{Family, family};

pub(super) const FAMILIES: [Family; 29] = [
    family("back-to-top-links", Form, Both, |s| {
        before(s, &["h2", "h3"], "<p class=\"text-right\"><a href=\"#wb-cont\">Back to top</a></p>")
    }),
    family("back-to-top-in-french", Form, One, |s| {
        before(s, &["h2", "h3"], "<div><a href=\"#wb-cont\">Haut de la page</a></div>")
    }),
    family("share-links", Form, One, |s| {
        ends(
            s,
            "<div class=\"share\"><h2>Share this page</h2><ul><li><a href=\"https://www.facebook.com/sharer\">Facebook</a></li><li><a href=\"https://x.com/share\">X</a></li><li><a href=\"mailto:?subject=page\">Email</a></li></ul></div>",
        )
    }),
    family("share-line", Form, One, |s| {
        ends(
            s,
            "<p>Share: <a href=\"https://www.facebook.com/sharer\">Facebook</a> | <a href=\"https://www.linkedin.com/share\">LinkedIn</a></p>",
        )
    }),
    family("contact-box", Form, One, |s| {
        ends(
            s,
            "<section class=\"panel panel-default\"><h2>Contact us</h2><p>Telephone: 1-800-555-0199<br>Monday to Friday, 8 am to 4 pm</p></section>",
        )
    }),
    family("contact-address", Form, One, |s| {
        ends(s, "<address>Immigration Office, 1 Example Street, Victoria BC V8V 1A1</address>")
    }),
    family("last-updated-line", Form, One, |s| ends(s, "<p>Last updated: November 19, 2026</p>")),
    family("last-updated-strong", Form, One, |s| {
        ends(s, "<p><strong>Page last reviewed</strong>: 2026-11-19</p>")
    }),
    family("date-modified-in-french", Form, One, |s| {
        ends(s, "<p>Dernière mise à jour : 19 novembre 2026</p>")
    }),
    family("report-a-problem", Form, One, |s| {
        ends(
            s,
            "<details class=\"alert\"><summary>Report a problem on this page</summary><p>Thank you for your help!</p></details>",
        )
    }),
    family("was-this-helpful", Form, One, |s| {
        ends(
            s,
            "<div class=\"feedback\"><p>Was this page helpful?</p><button>Yes</button> <button>No</button></div>",
        )
    }),
    family("survey-box", Form, One, |s| {
        ends(
            s,
            "<aside><h2>Take our survey</h2><p>Tell us what you think of our website. It takes 5 minutes.</p></aside>",
        )
    }),
    family("subscribe-box", Form, One, |s| {
        ends(
            s,
            "<form action=\"/subscribe\"><h3>Sign up for updates</h3><label>Email address <input type=\"email\"></label> <button>Subscribe</button></form>",
        )
    }),
    family("search-form", Form, One, |s| {
        ends(
            s,
            "<form role=\"search\"><label for=\"q\">Search this site</label><input id=\"q\"><button>Search</button></form>",
        )
    }),
    family("print-button", Form, One, |s| {
        ends(s, "<button type=\"button\" onclick=\"print()\">Print this page</button>")
    }),
    family("bread-crumbs", Form, One, |s| {
        starts(
            s,
            "<nav aria-label=\"Breadcrumb\"><ol class=\"breadcrumb\"><li><a href=\"/en.html\">Home</a></li><li>Immigration</li></ol></nav>",
        )
    }),
    family("skip-link", Form, One, |s| {
        starts(s, "<a class=\"skip\" href=\"#main\">Skip to main content</a>")
    }),
    family("language-link", Form, One, |s| {
        starts(s, "<p lang=\"fr\"><a href=\"/fr.html\" hreflang=\"fr\">Fran\u{e7}ais</a></p>")
    }),
    family("reading-time", Form, One, |s| starts(s, "<p class=\"reading-time\">5 minute read</p>")),
    family("holiday-banner", Form, One, |s| {
        starts(
            s,
            "<section class=\"alert alert-info\"><h2>Holiday hours</h2><p>Our offices are closed on December 25, 2026.</p></section>",
        )
    }),
    family("outage-banner", Form, One, |s| {
        starts(
            s,
            "<div role=\"alert\" class=\"banner\"><p>Our website will be down for maintenance on Saturday, November 28, 2026, from 1 am to 5 am.</p></div>",
        )
    }),
    family("contents-of-the-page", Form, One, contents),
    family("related-links", Form, One, |s| {
        ends(
            s,
            "<section><h2>Related links</h2><ul><li><a href=\"https://www.example.org/a\">Immigrate to Canada</a></li><li><a href=\"https://www.example.org/b\">Find a form</a></li></ul></section>",
        )
    }),
    family("cookie-notice", Form, One, |s| {
        in_body(
            s,
            "<div id=\"cookie\" role=\"dialog\"><p>We use cookies to improve your experience. By continuing you accept our cookie policy.</p><button>Accept</button></div>",
        )
    }),
    family("site-banner", Form, One, |s| {
        in_body(
            s,
            "<div class=\"sitewide\"><p>Canada Post service disruption: see how it affects your mail.</p></div>",
        )
    }),
    family("menu-item-more", Form, One, |s| {
        in_body(
            s,
            "<nav><ul><li><a href=\"/jobs.html\">Jobs</a></li><li><a href=\"/visit.html\">Visit Canada in 2027</a></li></ul></nav>",
        )
    }),
    family("debug-line", Form, One, |s| {
        ends(s, "<p class=\"debug\">Page generated in 0.132 seconds</p>")
    }),
    family("scripts-and-styles", Form, Both, |s| {
        before(
            s,
            &["table", "h2", "ul"],
            "<script>var t = '<table><tr><td>21231</td><td>$9,999</td></tr></table>';</script><style>.x::after { content: '21231'; }</style>",
        )
    }),
    family("pictures-and-icons", Form, Both, |s| {
        let lines = s.named(&["td", "li", "h2"]);
        lines.into_iter().map(|id| {
            let at = s.inner(id).start;
            vec![put(at..at, "<i class=\"fa fa-check\" aria-hidden=\"true\"></i><svg width=\"8\"><title>ok</title><text>7</text></svg><img src=\"/i.png\" alt=\"\">")]
        }).collect()
    }),
];

fn before(sheet: &Sheet, names: &[&str], html: &str) -> Vec<Change> {
    // In a summary or a cell it would be part of what is said there.
    let is_free = |id: &usize| !sheet.is_in(*id, &["summary", "caption", "th", "td", "li", "dd"]);
    let places = sheet.named(names).into_iter().filter(is_free).map(|id| sheet.outer(id).start);
    places.map(|at| vec![put(at..at, html)]).collect()
}

/// After the last, and after the first, of what the content has.
fn ends(sheet: &Sheet, html: &str) -> Vec<Change> {
    let at = sheet.inner(sheet.holder()).end;
    let mut places = vec![vec![put(at..at, html)]];
    if let Some(last) = sheet.named(&["table", "ul", "p"]).last() {
        let at = sheet.outer(*last).end;
        // Inside a cell or an item it would be part of what is said there.
        if !sheet.is_in(*last, &["td", "th", "li", "dd"]) {
            places.push(vec![put(at..at, html)]);
        }
    }
    places
}

/// First in the content, and right after its title.
fn starts(sheet: &Sheet, html: &str) -> Vec<Change> {
    let at = sheet.inner(sheet.holder()).start;
    let mut places = vec![vec![put(at..at, html)]];
    if let Some(title) = sheet.named(&["h1"]).first() {
        let at = sheet.outer(*title).end;
        places.push(vec![put(at..at, html)]);
    }
    places
}

/// At both ends of the body, outside of the content where the page marks one.
fn in_body(sheet: &Sheet, html: &str) -> Vec<Change> {
    let Some(body) = sheet.nodes.iter().position(|node| node.name == "body") else {
        return Vec::new();
    };
    let inner = sheet.inner(body);
    [inner.start, inner.end].into_iter().map(|at| vec![put(at..at, html)]).collect()
}

/// The page's own headings listed after its title.
fn contents(sheet: &Sheet) -> Vec<Change> {
    let Some(title) = sheet.named(&["h1"]).first().copied() else { return Vec::new() };
    let item = |id: usize| format!("<li><a href=\"#s{id}\">{}</a></li>", sheet.text_of(id));
    let items: String = sheet.named(&["h2"]).into_iter().map(item).collect();
    let head = if sheet.is_french { "Sur cette page" } else { "On this page" };
    let at = sheet.outer(title).end;
    vec![vec![put(at..at, format!("<h2>{head}</h2><ul>{items}</ul>"))]]
}
