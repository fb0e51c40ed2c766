//! The options as TypeScript types.

use std::fmt::Write;

use super::method::MethodName;
use crate::attribution::RuleName;
use crate::filter::table::FilterName;
use crate::setting::Setting;
use crate::words::{Value, Words};

/// The types of all methods and filters, written from the table of options.
pub fn typescript() -> String {
    let mut text = String::from("// Written from the table of options by `c3lrp methods --types`.\n");
    let union = |choices: &[Value]| {
        let words = choices.iter().map(|choice| format!("\n  | \"{choice}\""));
        words.collect::<String>()
    };
    let mut define = |doc: &str, name: &str, body: String| {
        // Writing to a string can't fail.
        let _ = write!(text, "\n/** {doc} */\nexport {name}{body}\n");
    };
    define("`c3-lrp` is the default.", "type MethodName =", union(MethodName::CHOICES) + ";");
    define("A rule of a single layer.", "type LayerRule =", union(RuleName::OF_LAYERS) + ";");

    let mut options: Vec<(Setting, Value)> = Vec::new();
    for (_, method) in MethodName::ALL {
        for (name, default) in method.row().defaults {
            if options.iter().all(|(known, _)| known.key != name.key()) {
                options.push((name.setting(), default));
            }
        }
    }
    let fields = |options: &[(Setting, Value)], with_default: bool| {
        let field = |(setting, default): &(Setting, Value)| {
            let default = if with_default { format!(" The default is {default}.") } else { String::new() };
            let list =
                if setting.by_stage { " A list has one for each stage, from the pixels to the class." } else { "" };
            let (meaning, kind) = (setting.meaning, setting.typescript());
            format!("  /** {meaning}{list}{default} */\n  {}?: {kind};\n", setting.key)
        };
        options.iter().map(field).collect::<String>()
    };
    define(
        "A method with its options; `Explainer.methods` tells which it takes and their defaults.",
        "interface MethodOptions ",
        format!("{{\n  name: MethodName;\n{}}}", fields(&options, false)),
    );
    for (word, filter) in FilterName::ALL {
        let body = format!("{{\n  kind: \"{word}\";\n{}}}", fields(filter.options(), true));
        define(filter.meaning(), &format!("interface {}Options ", type_name(word)), body);
    }
    let filters: Vec<_> = FilterName::ALL.iter().map(|(word, _)| format!("\n  | {}Options", type_name(word))).collect();
    define("A filter with its options.", "type FilterOptions =", filters.concat() + ";");
    define("A filter's name.", "type FilterName =", union(FilterName::CHOICES) + ";");
    text
}

/// heat-quantization → HeatQuantization.
fn type_name(word: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    word.split('-').map(capital).collect::<String>() + "Filter"
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_types_are_those_of_the_table() {
        let kept = include_str!("../wasm/options.d.ts");
        assert_eq!(kept, super::typescript(), "write them anew: c3lrp methods --types > src/wasm/options.d.ts");
    }
}
