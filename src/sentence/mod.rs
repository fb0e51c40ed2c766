//! Messages for people: each has a code with parameters, and an English text.
//!
//! A page in another language makes its own text from the code and the parameters. `src/sentences.json` lists every
//! code with its English template; a test compares it with the sources.

mod message;
mod parameter;
mod template;

pub use message::{Param, Params, Sentence};
pub(crate) use message::{Say, Saying};
pub(crate) use template::check;

/// Makes a [`Sentence`] from its code, its English template and its parameters: variables by their names, or with `=`.
macro_rules! say {
    ($code:literal, $template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        const { $crate::sentence::check($template, &[$(stringify!($name)),*]) };
        $crate::sentence::Sentence::new(
            $code,
            $template,
            &[$((stringify!($name), $crate::sentence::part!($name $(, $value)?))),*],
        )
    }};
}

/// Makes a parameter for [`say`].
macro_rules! part {
    ($name:ident) => {
        &$name as &dyn $crate::sentence::Say
    };
    ($name:ident, $value:expr) => {
        &$value as &dyn $crate::sentence::Say
    };
}
pub(crate) use {part, say};

#[cfg(test)]
mod listed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let (name, shape) = ("conv1", [64usize, 3]);
        let said = say!("test", "{name} is [{shape}] {\"and\": {choices:or}}", name, shape, choices = ["a", "b"]);
        assert_eq!(said.text(), "conv1 is [64, 3] {\"and\": a or b}");
        assert_eq!(said.code(), "test");
        let json = serde_json::to_value(&said).unwrap();
        let params = serde_json::json!({ "name": "conv1", "shape": [64, 3], "choices": ["a", "b"] });
        assert_eq!(json, serde_json::json!({ "code": "test", "params": params, "text": said.text() }));
    }

    #[test]
    fn numbers_are_as_people_write_them() {
        let said =
            say!("test", "{a} {b} {c} {d} {e}", a = 0.485f32, b = 1e-7f64, c = u64::MAX, d = -3i64, e = f32::NAN);
        assert_eq!(said.text(), "0.485 1e-7 18446744073709551615 -3 NaN");
    }

    #[test]
    fn what_is_too_long_keeps_its_ends() {
        let long = "ü".repeat(1 << 20);
        let said = say!("test", "first {long} last", long);
        assert!(said.text().starts_with("first ü") && said.text().ends_with("ü last"));
        assert!(said.text().contains(" … ") && said.text().len() < 300, "{}", said.text().len());
        let many = vec![long; 3000];
        let said = say!("test", "first {many} last", many);
        assert!(said.text().len() < 1300, "{}", said.text().len());
        assert!(serde_json::to_string(&said).unwrap().len() < 20_000);
        let words = Sentence::from(format!("first {} last", "x".repeat(1 << 20)));
        assert!(words.text().ends_with("x last") && words.text().len() < 1300);
        assert_eq!(say!("test", "a \u{1b}[31m {name}", name = "\u{1b}[31m").text(), "a \u{1b}[31m \\u{1b}[31m");
    }
}
