//! Certified values of the Statistical Reference Datasets (StRD) of the National Institute of
//! Standards and Technology, in the public domain: https://www.itl.nist.gov/div898/strd/.

use super::*;

/// Norris: calibration of ozone monitors, x.
const NORRIS_X: [f64; 36] = [
    0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5,
    11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1,
    448.9, 0.5,
];
/// Norris: y.
const NORRIS_Y: [f64; 36] = [
    0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9,
    10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4,
    449.2, 0.2,
];

/// Michelso: speed of light in air, millions of metres a second, by Michelson (1879).
const MICHELSO: [f64; 100] = [
    299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98, 299.98, 299.88, 300.00, 299.98, 299.93, 299.65,
    299.76, 299.81, 300.00, 300.00, 299.96, 299.96, 299.96, 299.94, 299.96, 299.94, 299.88, 299.80, 299.85, 299.88,
    299.90, 299.84, 299.83, 299.79, 299.81, 299.88, 299.88, 299.83, 299.80, 299.79, 299.76, 299.80, 299.88, 299.88,
    299.88, 299.86, 299.72, 299.72, 299.62, 299.86, 299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84,
    299.85, 299.84, 299.84, 299.84, 299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74, 299.75, 299.76,
    299.91, 299.92, 299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78, 299.89, 299.84, 299.78, 299.81,
    299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87, 299.81, 299.74, 299.81, 299.94, 299.95, 299.80,
    299.81, 299.87,
];

/// Mavro: transmittance of a filter.
const MAVRO: [f64; 50] = [
    2.0018, 2.0017, 2.0018, 2.0019, 2.0018, 2.0017, 2.0015, 2.0014, 2.0015, 2.0015, 2.0017, 2.0018, 2.0018, 2.0019,
    2.0019, 2.0021, 2.0020, 2.0016, 2.0014, 2.0013, 2.0013, 2.0015, 2.0015, 2.0016, 2.0015, 2.0014, 2.0013, 2.0014,
    2.0015, 2.0014, 2.0015, 2.0016, 2.0015, 2.0016, 2.0019, 2.0020, 2.0020, 2.0021, 2.0022, 2.0023, 2.0024, 2.0025,
    2.0027, 2.0026, 2.0026, 2.0026, 2.0027, 2.0026, 2.0025, 2.0024,
];

/// Whether two figures agree in so many significant digits.
fn agree(found: f64, certified: f64, digits: i32) -> bool {
    (found / certified - 1.0).abs() < 0.5 * 10f64.powi(1 - digits)
}

#[test]
fn the_line_of_norris_is_the_certified_one() {
    let found = slope(&NORRIS_X, &NORRIS_Y).expect("a line");
    assert!(agree(found.slope, 1.00211681802045, 14), "{found:?}");
    assert!(agree(found.intercept, -0.262323073774029, 12), "{found:?}");
    assert!(agree(found.standard_error.expect("36 points"), 0.429796848199937e-3, 12), "{found:?}");
    assert!(agree(found.residual_deviation.expect("36 points"), 0.884796396144373, 12), "{found:?}");
    let correlation = correlation(&NORRIS_X, &NORRIS_Y).expect("36 points");
    assert!(agree(correlation * correlation, 0.999993745883712, 14), "{correlation}");
}

#[test]
fn means_and_deviations_are_the_certified_ones() {
    for (name, values, certified_mean, certified_deviation) in [
        ("Michelso", &MICHELSO[..], 299.8524, 0.0790105478190518),
        ("Mavro", &MAVRO[..], 2.001856, 0.000429123454003053),
        ("NumAcc1", &[10_000_001.0, 10_000_003.0, 10_000_002.0][..], 10_000_002.0, 1.0),
    ] {
        let found = (mean(values).expect("values"), standard_deviation(values).expect("values"));
        assert!(agree(found.0, certified_mean, 15), "{name}: {found:?}");
        assert!(agree(found.1, certified_deviation, 12), "{name}: {found:?}");
    }
}

/// NumAcc2 to 4: the first value once, then the two others in turn, 1000 of them. Their digits
/// after the point are no doubles, which leaves fewer of the certified 0.1 the larger they are.
#[test]
fn large_means_do_not_spoil_small_deviations() {
    for (mean_certified, low, high, digits) in
        [(1.2, 1.1, 1.3, 14), (1_000_000.2, 1_000_000.1, 1_000_000.3, 9), (10_000_000.2, 10_000_000.1, 10_000_000.3, 8)]
    {
        let values: Vec<f64> = std::iter::once(mean_certified).chain([low, high].repeat(500)).collect();
        let found = (mean(&values).expect("values"), standard_deviation(&values).expect("values"));
        assert!(agree(found.0, mean_certified, 15), "{found:?}");
        assert!(agree(found.1, 0.1, digits), "{found:?}");
    }
}
