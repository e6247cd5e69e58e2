//! The names of the groups of a pattern, found in its syntax: compiling a pattern takes a thousand times the
//! memory and time, and to load a catalogue only the names are needed.

use std::convert::Infallible;

use regex_syntax::ast::{Ast, GroupKind, Visitor, parse::Parser, visit};

/// The names of the groups of a pattern, in their order; none where the pattern is faulty.
pub(super) fn named(pattern: &str) -> Vec<String> {
    let Ok(ast) = Parser::new().parse(pattern) else { return Vec::new() };
    let Ok(names) = visit(&ast, Names::default());
    names.0
}

#[derive(Default)]
struct Names(Vec<String>);

impl Visitor for Names {
    type Output = Self;
    type Err = Infallible;

    fn finish(self) -> Result<Self, Infallible> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Infallible> {
        if let Ast::Group(group) = ast
            && let GroupKind::CaptureName { name, .. } = &group.kind
        {
            self.0.push(name.name.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::value::pattern::Pattern;

    #[test]
    fn the_names_are_those_of_the_compiled_pattern() {
        for text in [
            r"\$(?P<fee>[\d,]+) (?:for|per) (?<each>(?P<unit>\w+))",
            r"a literal \(?P<no> is no group",
            r"[(?P<x>]",
            "none",
        ] {
            let Ok(pattern) = Pattern::new(text) else { continue };
            let compiled: Vec<&str> = pattern.capture_names().flatten().collect();
            assert_eq!(pattern.groups(), compiled, "{text}");
        }
    }
}
