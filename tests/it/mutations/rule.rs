//! Rules: what changes one quietly. Each mutation must give exactly the changes it names.

use regex::{NoExpand, Regex};

use super::{Said, pages, said};

/// A page, a pattern of what changes, and what must be heard (each line from its beginning).
struct Rule {
    page: &'static str,
    from: &'static str,
    to: &'static str,
    /// How often it is changed; 0 for wherever it stands.
    times: usize,
    heard: &'static [&'static str],
}

const RULES: [Rule; 16] = [
    Rule {
        page: "esdc-gts-requirements",
        from: r"\$41\.03",
        to: "$42.03",
        times: 1,
        heard: &[
            "threshold_changed gts.category_b.occupations information-systems-testing-technicians/22222.hourly_wage_floor: $41.03 per hour > $42.03 per hour",
        ],
    },
    Rule {
        page: "esdc-gts-requirements",
        from: r"<td>\s*21390\s*</td>",
        to: "<td>21399</td>",
        times: 1,
        heard: &[
            "occupation_removed gts.category_b.occupations aerospace-engineers/21390: record > -",
            "occupation_added gts.category_b.occupations aerospace-engineers/21399: - > record",
        ],
    },
    Rule {
        page: "esdc-gts-requirements",
        from: r"You must pay \$1,000",
        to: "You must pay $1,100",
        times: 1,
        heard: &["fee_changed lmia.fee_per_position per_position.amount: $1,000 > $1,100"],
    },
    Rule {
        page: "esdc-gts-requirements",
        from: "minimum of 5 years of experience",
        to: "minimum of 3 years of experience",
        times: 1,
        heard: &[
            "threshold_changed gts.category_a.conditions experience.experience: 5 years > 3 years",
        ],
    },
    Rule {
        page: "esdc-gts-requirements",
        from: r"\*\*The position must require a minimum of 3 years of experience",
        to: "**The position must require a minimum of 5 years of experience",
        times: 1,
        heard: &[
            "record_changed gts.category_b.occupations producer-technical-creative-and-artistic-director-and-project-manager-visual-effects-and-video-game/51120.footnote: The position must require a minimum of 3 years",
        ],
    },
    Rule {
        page: "bc-bc-pnp-overview",
        from: "must be on the BC Care Aide",
        to: "should be on the BC Care Aide",
        times: 1,
        heard: &[
            "record_changed bcpnp.health_authority.occupations 33102.condition: Those who have been offered a job classified under NOC 33102 must be on",
        ],
    },
    Rule {
        page: "esdc-gts-requirements",
        from: r"(?s)<li>(<a[^>]*>)?TECHNATION(</a>)?\s*</li>",
        to: "",
        times: 1,
        heard: &[
            "record_removed gts.category_a.referral_partners pan-canadian/technation: record > -",
        ],
    },
    Rule {
        page: "ircc-draft-ee-category-en",
        from: r"\b63201\b",
        to: "63200",
        times: 1,
        heard: &[
            "occupation_added ee.category.agriculture.occupations 63200: - > record",
            "occupation_removed ee.category.agriculture.occupations 63201: record > -",
        ],
    },
    Rule {
        page: "ircc-draft-ee-category-en",
        from: r"at least\s+(<strong>)?6(&nbsp;|\s|\x{a0})months",
        to: "at least 12 months",
        times: 0,
        heard: &[
            "threshold_changed ee.category.agriculture.experience work-experience.months: 6 months > 12 months",
            "threshold_changed ee.category.healthcare.experience work-experience.months: 6 months > 12 months",
            "threshold_changed ee.category.stem.experience work-experience.months: 6 months > 12 months",
            "threshold_changed ee.category.trades.experience work-experience.months: 6 months > 12 months",
            "threshold_changed ee.category.transport.experience work-experience.months: 6 months > 12 months",
        ],
    },
    Rule {
        page: "ircc-draft-ee-funds-en",
        from: r"\$14,690",
        to: "$15,263",
        times: 1,
        heard: &["threshold_changed ee.proof_of_funds 1.amount: $14,690 > $15,263"],
    },
    Rule {
        page: "ircc-draft-ee-funds-fr",
        from: r"14(&nbsp;|\s|\x{a0})690",
        to: "15&nbsp;263",
        times: 1,
        heard: &["threshold_changed ee.proof_of_funds 1.amount: $14,690 > $15,263"],
    },
    Rule {
        page: "bc-invitations-to-apply",
        from: r"\b135<",
        to: "136<",
        times: 1,
        heard: &[
            "draw_corrected bcpnp.draws 2026-05-14/innovate-high-economic-impact/points.score: 135 > 136",
        ],
    },
    Rule {
        page: "ircc-ee-rounds-json-2023",
        from: "\"drawCRS\":\"490\"",
        to: "\"drawCRS\":\"507\"",
        times: 1,
        heard: &["draw_corrected ee.draws 238.crs_cutoff: 490 > 507"],
    },
    Rule {
        page: "justice-irpr-full-xml",
        from: r"A fee of \$1,000 is payable",
        to: "A fee of $1,050 is payable",
        times: 1,
        heard: &[
            "fee_changed irpr.fees 315.2(1).amount: $1,000 > $1,050",
            "wording_changed irpr.sections 315.2.text: 315.2(1) A fee of $1,000 is payable",
        ],
    },
    Rule {
        page: "ircc-pdi-ict-r205a",
        from: "<strong>cannot</strong> become an MNC",
        to: "can become an MNC",
        times: 1,
        heard: &[
            "wording_changed imp.ict.mnc_requirement new-enterprise.text: An enterprise outside of Canada cannot become",
        ],
    },
    Rule {
        page: "ircc-crs-criteria",
        from: r"Provincial or territorial nomination\s*</td>",
        to: "Provincial or territorial nomination (X)</td>",
        times: 0,
        heard: &[
            "wording_changed crs.additional breakdown/nomination/points.label: Provincial or territorial nomination > Provincial or territorial nomination (X)",
            "wording_changed crs.additional summary/nomination/points.label: Provincial or territorial nomination > Provincial or territorial nomination (X)",
        ],
    },
];

#[test]
fn a_rule_that_changes_quietly_is_heard_exactly() {
    let pages = pages("mutations::rule");
    let mut wrong = Vec::new();
    for rule in RULES.iter().filter(|_| !pages.is_empty()) {
        let page = pages.iter().find(|page| page.name == rule.page).unwrap();
        let pattern = Regex::new(rule.from).unwrap();
        assert!(pattern.is_match(&page.text), "{}: `{}` is not on the page", rule.page, rule.from);
        let changed = pattern.replacen(&page.text, rule.times, NoExpand(rule.to));
        let heard = match said(&page.source, page.text.as_bytes(), changed.as_bytes()) {
            Said::Changes(heard) => heard,
            other => vec![format!("{other:?}")],
        };
        let same = heard.iter().zip(rule.heard).all(|(said, want)| said.starts_with(want));
        if heard.len() != rule.heard.len() || !same {
            wrong.push(format!("{} `{}`: {heard:#?}", rule.page, rule.to));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
