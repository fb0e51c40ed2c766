//! Messages about pickles that PyTorch didn't write.

use crate::error::Trouble;
use crate::message::{Message, Phrase, say};

/// The sentence for a pickle that does something that PyTorch's never do.
pub(super) fn damaged(does: &'static Phrase) -> Trouble {
    Trouble::Refused(say!(
        "pickle-damaged",
        "the checkpoint's pickle {does}, which none that torch.save writes does; the file is damaged, fetch it again",
        does = Message::from(does)
    ))
}
