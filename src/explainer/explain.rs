//! Explains new pictures.

use std::sync::Arc;

use super::passes::Picture;
use super::{Explained, Explainer};
use crate::explanation::Progress;
use crate::options::Options;
use crate::picture::{Crop, Preparation};
use crate::sentence::say;
use crate::{Error, Result};

impl Explainer {
    /// Explains a picture, given as RGBA bytes row by row.
    ///
    /// # Errors
    /// [`Error::Picture`] and [`Error::Options`] for unusable arguments; [`Error::DeviceLost`] if the device failed;
    /// [`Error::DeviceWrong`] if it computed wrongly; [`Error::Engine`] if the engine itself failed, which then does no
    /// more work. A map that may be wrong is never returned.
    pub async fn explain(
        &self,
        rgba: &[u8],
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explained> {
        let own = self.engine.preparation;
        let preparation = Preparation { fit: options.fit.unwrap_or(own.fit), ..own };
        let input = self.engine.fence.within(async { preparation.prepare(rgba, width, height) }).await?;
        let picture = Picture::new(input.values, [own.side; 2], input.crop, Some(preparation.fit));
        self.explained(picture, options, progress).await
    }

    /// Explains a normalised tensor `[channels, H, W]`. The explanation's crop covers all of it, and `fit` has no
    /// effect.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub async fn explain_tensor(
        &self,
        chw: Vec<f32>,
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explained> {
        let pictures = self.checked(&chw, width, height)?;
        if pictures != 1 {
            return Err(Error::Picture(say!(
                "tensor-pictures",
                "the tensor holds {pictures} pictures where one was expected",
                pictures
            )));
        }
        let crop = Crop { x: 0.0, y: 0.0, width: width as f64, height: height as f64 };
        self.explained(Picture::new(chw, [height, width], crop, None), options, progress).await
    }

    async fn explained(&self, picture: Picture, options: &Options, progress: Progress<'_>) -> Result<Explained> {
        let picture = Arc::new(picture);
        let explanation = self.explain_picture(&picture, options, progress).await?;
        Ok(Explained::new(self.clone(), picture, explanation))
    }
}
