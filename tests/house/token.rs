//! A file of Rust as words and signs, each with its line: without comments, strings and characters, and without what is there for tests.

/// A word, `::`, or one sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
}

impl Token<'_> {
    pub fn is_word(self) -> bool {
        self.text.starts_with(is_part)
    }
}

/// The tokens of a file's code; what stands below `#[cfg(test)]` is left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    without_tests(&all(text))
}

fn is_part(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

fn all(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = passed_over(rest).unwrap_or_else(|| {
            let word = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(first.len_utf8()) };
            if !first.is_whitespace() {
                tokens.push(Token { text: &rest[..length], line });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

/// The length of the comment, string, character or lifetime that a text begins with.
fn passed_over(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    let unprefixed = text.trim_start_matches(['b', 'c']);
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let quoted = raw.trim_start_matches('#');
        if let Some(inside) = quoted.strip_prefix('"') {
            let end = format!("\"{}", &raw[..raw.len() - quoted.len()]);
            let begun = text.len() - inside.len();
            return Some(inside.find(&end).map_or(text.len(), |at| begun + at + end.len()));
        }
    }
    if let Some(inside) = unprefixed.strip_prefix('"') {
        let begun = text.len() - inside.len();
        return Some(closed(inside, '"').map_or(text.len(), |end| begun + end));
    }
    let inside = text.strip_prefix('\'')?;
    let mut letters = inside.chars();
    let character = matches!((letters.next(), letters.next()), (Some('\\'), _) | (_, Some('\'')));
    let lifetime = inside.find(|letter| !is_part(letter)).unwrap_or(inside.len());
    Some(1 + if character { closed(inside, '\'')? } else { lifetime })
}

/// Where a quoted text ends, its quote with it.
fn closed(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => _ = letters.next(),
            _ if letter == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut left = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let texts = |count: usize| tokens[at..].iter().take(count).map(|token| token.text).collect::<String>();
        if texts(7) == "#[cfg(test)]" {
            at += 7 + item(&tokens[at + 7..]);
        } else {
            left.push(tokens[at]);
            at += 1;
        }
    }
    left
}

/// How many tokens an item or a statement has: up to its `;`, or to the brace that closes its first one.
fn item(tokens: &[Token]) -> usize {
    let visible = |token: &&Token| !matches!(token.text, "pub" | "(" | "crate" | "super" | ")");
    let braced = !tokens.iter().find(visible).is_some_and(|token| matches!(token.text, "use" | "let"));
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (token.text == ";" || token.text == "}" && braced) {
            return at + 1;
        }
    }
    tokens.len()
}

#[test]
fn comments_strings_and_tests_are_no_code() {
    let text = r##"
        // crate::a
        use crate::b; /* crate::c
        */ const D: &str = "crate::\"d"; fn e<'a>() -> char { '"' }
        #[cfg(test)]
        mod tests { use crate::f::{self}; fn g() {} }
        const H: &[u8] = br#"crate::"h"#; #[cfg(test)] use crate::{i, j};
        k"##;
    let words: Vec<_> = tokens(text).into_iter().filter(|token| token.is_word()).collect();
    let told: Vec<_> = words.iter().map(|word| word.text).collect();
    let expected = "use crate b const D str fn e char const H u8 k";
    assert_eq!(told.join(" "), expected);
    assert_eq!(words.last().map(|word| word.line), Some(8));
}
