//! Mean curves, as CSV and as plots.

use std::path::Path;

use c3lrp::Result;
use c3lrp::metric::Plan;
use plotters::prelude::*;

use super::super::disk::failed;
use super::records::Results;
use super::table::{name, quoted};

/// A map's mean curve.
pub struct MeanCurve {
    pub method: String,
    pub filter: String,
    /// 0 for insertion, 1 for deletion.
    pub direction: usize,
    pub shares: Vec<f64>,
    pub means: Vec<f64>,
    /// Standard deviations over the pictures.
    pub deviations: Vec<f64>,
    pub pictures: usize,
}

impl Results {
    /// The mean curves of a plan, given the plan's index in the settings.
    pub fn mean_curves(&self, at: usize, plan: &Plan) -> Result<Vec<MeanCurve>> {
        let side = plan.protocol.side();
        let cells = (self.settings.side / side).pow(2);
        let shares: Vec<f64> =
            plan.protocol.counts(cells, plan.points)?.into_iter().map(|count| count as f64 / cells as f64).collect();
        let mut all = Vec::new();
        for (method, filter, method_name, filter_name) in self.rows() {
            for direction in [0, 1] {
                let curves: Vec<&Vec<f32>> =
                    self.maps(method, filter).filter_map(|(_, map)| Some(&map.curves.get(at)?[direction])).collect();
                let count = curves.len();
                let values = |point: usize| {
                    curves.iter().map(move |curve| curve.get(point).map_or(0.0, |&probability| f64::from(probability)))
                };
                let mean = |point: usize| values(point).sum::<f64>() / count.max(1) as f64;
                let deviation = |point: usize| {
                    let mean = mean(point);
                    let squares: f64 = values(point).map(|value| (value - mean) * (value - mean)).sum();
                    (squares / (count.max(2) - 1) as f64).sqrt()
                };
                all.push(MeanCurve {
                    method: method_name.to_owned(),
                    filter: filter_name.to_owned(),
                    direction,
                    means: (0..shares.len()).map(mean).collect(),
                    deviations: (0..shares.len()).map(deviation).collect(),
                    shares: shares.clone(),
                    pictures: count,
                });
            }
        }
        Ok(all)
    }

    /// A row for each point of each mean curve.
    pub fn curves_csv(&self) -> Result<String> {
        let mut table = "method,filter,protocol,ties,curve,share,mean,deviation,pictures\n".to_owned();
        for (at, plan) in self.settings.plans()?.iter().enumerate() {
            for curve in self.mean_curves(at, plan)? {
                let start = format!(
                    "{},{},{},{},{}",
                    quoted(&curve.method),
                    quoted(&curve.filter),
                    plan.protocol,
                    name(plan.ties),
                    NAMES[curve.direction]
                );
                for ((share, mean), deviation) in curve.shares.iter().zip(&curve.means).zip(&curve.deviations) {
                    table += &format!("{start},{share},{mean},{deviation},{}\n", curve.pictures);
                }
            }
        }
        Ok(table)
    }

    /// A plot for each plan: insertion beside deletion, with a line for each map.
    pub fn plot(&self, folder: &Path) -> Result<()> {
        for (at, plan) in self.settings.plans()?.iter().enumerate() {
            let file = format!("curves-{}-{}.svg", plan.protocol.to_string().replace(':', "-"), name(plan.ties));
            let path = folder.join(file);
            let curves = self.mean_curves(at, plan)?;
            draw(&path, &curves).map_err(|error| failed(&path, "drawn", error))?;
        }
        Ok(())
    }
}

const NAMES: [&str; 2] = ["insertion", "deletion"];

fn draw(path: &Path, curves: &[MeanCurve]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let lines = curves.len() / 2;
    let area = SVGBackend::new(path, (1200, 460.max(60 + 24 * lines as u32))).into_drawing_area();
    area.fill(&WHITE)?;
    let (panels, legend) = area.split_horizontally(960);
    for (direction, panel) in panels.split_evenly((1, 2)).iter().enumerate() {
        let mut chart = ChartBuilder::on(panel)
            .caption(NAMES[direction], ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let x = if direction == 0 { "share of pixels shown" } else { "share of pixels hidden" };
        chart.configure_mesh().light_line_style(TRANSPARENT).x_desc(x).y_desc("mean probability").draw()?;
        for (line, curve) in curves.iter().filter(|curve| curve.direction == direction).enumerate() {
            let points = curve.shares.iter().copied().zip(curve.means.iter().copied());
            chart.draw_series(LineSeries::new(points, colour(line).stroke_width(2)))?;
        }
    }
    for (line, curve) in curves.iter().filter(|curve| curve.direction == 0).enumerate() {
        let y = 40 + 24 * line as i32;
        legend.draw(&PathElement::new([(0, y), (24, y)], colour(line).stroke_width(3)))?;
        let text = match curve.filter.as_str() {
            "none" => curve.method.clone(),
            filter => format!("{}, {filter}", curve.method),
        };
        legend.draw(&Text::new(text, (32, y - 6), ("sans-serif", 14)))?;
    }
    area.present()?;
    Ok(())
}

/// Hues in steps of the golden angle: neighbours differ, however many there are.
fn colour(line: usize) -> HSLColor {
    let hue = (line as f64 * 137.508 / 360.0).fract();
    HSLColor(hue, 0.75, if line.is_multiple_of(2) { 0.4 } else { 0.55 })
}
