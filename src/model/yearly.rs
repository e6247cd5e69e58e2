//! Pages that have an address for each year: "/page/2027-updates".

use url::Url;

/// The year that an address names in its path.
#[must_use]
pub fn year_in(url: &Url) -> Option<i16> {
    let parts = url.path().split(|c: char| !c.is_ascii_digit());
    let years = parts.filter(|part| part.len() == 4).filter_map(|part| part.parse().ok());
    years.into_iter().find(|year| (2000..2100).contains(year))
}

/// The address of the same page in another year; `None` if it names none.
#[must_use]
pub fn in_year(url: &Url, year: i16) -> Option<Url> {
    let path = url.path().replace(&year_in(url)?.to_string(), &year.to_string());
    let mut other = url.clone();
    other.set_path(&path);
    Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_year_or_none() {
        let url = |path: &str| Url::parse(&format!("https://example.org{path}")).unwrap();
        assert_eq!(year_in(&url("/page/2026-updates")), Some(2026));
        assert_eq!(year_in(&url("/1999/form-5257/rounds-2026.html")), Some(2026));
        assert_eq!(year_in(&url("/page/updates?year=2026")), None);
        let next = in_year(&url("/2026/rounds-2026"), 2027);
        assert_eq!(next, Some(url("/2027/rounds-2027")));
        assert_eq!(in_year(&url("/page/updates"), 2027), None);
    }
}
