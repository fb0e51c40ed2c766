//! Templates of sentences: text with parameters in braces.

/// A piece of a template: text, or `{name}` for a parameter. The items of a list are joined by commas, or by "or" with
/// `{name:or}`, or by semicolons with `{name:semicolon}`. Other braces are text.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Param(&'a str, &'a str),
}

/// Checks while compiling that a template's names are those of its parameters.
pub(crate) const fn check(template: &str, names: &[&str]) {
    let (template, mut at, mut used) = (template.as_bytes(), 0, 0);
    let mut seen = [false; 16];
    while at < template.len() {
        let mut end = at + 1;
        if template[at] == b'{' {
            let name = end;
            while end < template.len() && (template[end].is_ascii_lowercase() || matches!(template[end], b'_' | b':')) {
                end += 1;
            }
            if end > name && end < template.len() && template[end] == b'}' {
                let mut found = 0;
                while !stands_at(template, name, names[found]) {
                    found += 1;
                    assert!(found < names.len(), "a template names what is no parameter");
                }
                used += if seen[found] { 0 } else { 1 };
                seen[found] = true;
            }
        }
        at = end;
    }
    assert!(used == names.len(), "a parameter is not in the template");
}

/// Whether a name occurs at an index of a template.
const fn stands_at(template: &[u8], place: usize, name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        if template[place + at] != name[at] {
            return false;
        }
        at += 1;
    }
    matches!(template[place + at], b'}' | b':')
}

/// The first piece of a template, and the rest of the template.
pub(super) fn piece(template: &str) -> (Piece<'_>, &str) {
    let open = template.find('{').unwrap_or(template.len());
    if open > 0 {
        let (text, rest) = template.split_at(open);
        return (Piece::Text(text), rest);
    }
    let within = template.get(1..).unwrap_or_default();
    let end = within.find(|char: char| !(char.is_ascii_lowercase() || char == '_' || char == ':'));
    match end.and_then(|end| Some((within.get(..end)?, within.get(end..)?.strip_prefix('}')?))) {
        Some((inner, rest)) if !inner.is_empty() => {
            let (name, join) = inner.split_once(':').unwrap_or((inner, ""));
            (Piece::Param(name, join), rest)
        }
        _ => (Piece::Text("{"), within),
    }
}
