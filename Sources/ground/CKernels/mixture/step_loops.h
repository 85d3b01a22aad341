// The passes of expectation maximization, in the plane and in space, in one precision.
//
// The including file defines VALUE, the type of a value; VALUES and TOTALS, vectors of values and of as many doubles;
// and OF(name), the name of a function for this precision. Without them there is nothing here. Points come as doubles;
// a tile of them is converted first. Sums over a tile are values, and those over all tiles doubles.

#ifdef VALUE

enum {
  OF(LANES_OF) = sizeof(VALUES) / sizeof(VALUE),
  /// The vectors of points taken together, so that their densities stay in the nearest cache.
  OF(TILE) = MIXTURE_TILE_POINTS / (sizeof(VALUES) / sizeof(VALUE)),
};

// Converts a tile of numbers, followed by zeros if there are fewer.
INLINE void OF(load_tile)(const double *numbers, size_t count, VALUES *tile) {
  double all[MIXTURE_TILE_POINTS];
  if (count < MIXTURE_TILE_POINTS) {
    memset(all, 0, sizeof all);
    memcpy(all, numbers, count * sizeof all[0]);
    numbers = all;
  }
  for (size_t i = 0; i < OF(TILE); i++) {
    TOTALS doubles_of_tile;
    memcpy(&doubles_of_tile, numbers + i * OF(LANES_OF), sizeof doubles_of_tile);
    tile[i] = __builtin_convertvector(doubles_of_tile, VALUES);
  }
}

// Adds the log-likelihood of the points of a tile, whose log densities are `logs` and the largest of each `largest`.
// Leaves in `logs` densities as parts of the largest, and in `factors` what makes them a point's weight in a component.
INLINE TOTALS OF(add_likelihood)(
    TOTALS likelihood, VALUES (*restrict logs)[OF(TILE)], size_t component_count, const VALUES *restrict largest,
    const VALUES *restrict weights, size_t tile, VALUES *restrict factors) {
  for (size_t i = 0; i < tile; i++) factors[i] = (VALUES)((VALUE)0);
  for (size_t k = 0; k < component_count; k++) {
    for (size_t i = 0; i < tile; i++) {
      logs[k][i] = OF(exponential)(logs[k][i] - largest[i]);
      factors[i] += logs[k][i];
    }
  }
  for (size_t i = 0; i < tile; i++) {
    const VALUES logarithm = largest[i] + OF(logarithm)(factors[i]);
    likelihood += __builtin_convertvector(weights[i] * logarithm, TOTALS);
    factors[i] = weights[i] / factors[i];
  }
  return likelihood;
}

static double OF(mixture_step)(
    const halompi_gaussian *restrict components, size_t component_count, const double *restrict x,
    const double *restrict y, const double *restrict weights, size_t count, halompi_gaussian_sums *restrict sums) {
  VALUES logs[HALOMPI_MIXTURE_LIMIT][OF(TILE)], tile_x[OF(TILE)], tile_y[OF(TILE)], tile_weights[OF(TILE)];
  TOTALS lanes[HALOMPI_MIXTURE_LIMIT][6], likelihood = (TOTALS)(0.0);
  memset(lanes, 0, component_count * sizeof lanes[0]);
  for (size_t start = 0; start < count; start += MIXTURE_TILE_POINTS) {
    const size_t points = count - start < MIXTURE_TILE_POINTS ? count - start : MIXTURE_TILE_POINTS;
    const size_t tile = (points + OF(LANES_OF) - 1) / OF(LANES_OF);
    OF(load_tile)(x + start, points, tile_x);
    OF(load_tile)(y + start, points, tile_y);
    OF(load_tile)(weights + start, points, tile_weights);
    VALUES largest[OF(TILE)], factors[OF(TILE)];
    for (size_t k = 0; k < component_count; k++) {
      const VALUE mean_x = (VALUE)components[k].mean_x, mean_y = (VALUE)components[k].mean_y;
      const VALUE inverse_xx = (VALUE)components[k].inverse_xx, inverse_yy = (VALUE)components[k].inverse_yy;
      const VALUES inverse_yx = (VALUES)((VALUE)components[k].inverse_yx);
      const VALUES log_scale = (VALUES)((VALUE)components[k].log_scale);
      for (size_t i = 0; i < tile; i++) {
        const VALUES dx = tile_x[i] - mean_x, dy = tile_y[i] - mean_y;
        const VALUES u = inverse_xx * dx, v = OF(fused)(inverse_yx, dx, inverse_yy * dy);
        const VALUES log = OF(fused)(OF(fused)(u, u, v * v), (VALUES)((VALUE)-0.5), log_scale);
        logs[k][i] = log;
        largest[i] = k == 0 ? log : OF(larger)(largest[i], log);
      }
    }
    likelihood = OF(add_likelihood)(likelihood, logs, component_count, largest, tile_weights, tile, factors);
    if (sums == NULL) continue;
    for (size_t k = 0; k < component_count; k++) {
      const VALUE mean_x = (VALUE)components[k].mean_x, mean_y = (VALUE)components[k].mean_y;
      VALUES r0 = (VALUES)((VALUE)0), rx = r0, ry = r0, rxx = r0, rxy = r0, ryy = r0;
      for (size_t i = 0; i < tile; i++) {
        const VALUES dx = tile_x[i] - mean_x, dy = tile_y[i] - mean_y;
        const VALUES r = logs[k][i] * factors[i], weighted_x = r * dx, weighted_y = r * dy;
        r0 += r;
        rx += weighted_x;
        ry += weighted_y;
        rxx = OF(fused)(weighted_x, dx, rxx);
        rxy = OF(fused)(weighted_x, dy, rxy);
        ryy = OF(fused)(weighted_y, dy, ryy);
      }
      const VALUES own[6] = {r0, rx, ry, rxx, rxy, ryy};
      for (size_t j = 0; j < 6; j++) lanes[k][j] += __builtin_convertvector(own[j], TOTALS);
    }
  }
  if (sums != NULL) {
    for (size_t k = 0; k < component_count; k++) {
      double totals[6];
      for (size_t j = 0; j < 6; j++) totals[j] = OF(total)(lanes[k][j]);
      sums[k] = (halompi_gaussian_sums){totals[0], totals[1], totals[2], totals[3], totals[4], totals[5]};
    }
  }
  return OF(total)(likelihood);
}

static double OF(spatial_mixture_step)(
    const halompi_spatial_gaussian *restrict components, size_t component_count, const double *restrict x,
    const double *restrict y, const double *restrict z, const double *restrict weights, size_t count,
    halompi_spatial_sums *restrict sums) {
  VALUES logs[HALOMPI_MIXTURE_LIMIT][OF(TILE)], tile_weights[OF(TILE)];
  VALUES tile_x[OF(TILE)], tile_y[OF(TILE)], tile_z[OF(TILE)];
  TOTALS lanes[HALOMPI_MIXTURE_LIMIT][10], likelihood = (TOTALS)(0.0);
  memset(lanes, 0, component_count * sizeof lanes[0]);
  for (size_t start = 0; start < count; start += MIXTURE_TILE_POINTS) {
    const size_t points = count - start < MIXTURE_TILE_POINTS ? count - start : MIXTURE_TILE_POINTS;
    const size_t tile = (points + OF(LANES_OF) - 1) / OF(LANES_OF);
    OF(load_tile)(x + start, points, tile_x);
    OF(load_tile)(y + start, points, tile_y);
    OF(load_tile)(z + start, points, tile_z);
    OF(load_tile)(weights + start, points, tile_weights);
    VALUES largest[OF(TILE)], factors[OF(TILE)];
    for (size_t k = 0; k < component_count; k++) {
      const halompi_spatial_gaussian c = components[k];
      const VALUE mean_x = (VALUE)c.mean_x, mean_y = (VALUE)c.mean_y, mean_z = (VALUE)c.mean_z;
      const VALUE inverse_xx = (VALUE)c.inverse_xx, inverse_yy = (VALUE)c.inverse_yy;
      const VALUE inverse_zz = (VALUE)c.inverse_zz;
      const VALUES inverse_yx = (VALUES)((VALUE)c.inverse_yx), inverse_zx = (VALUES)((VALUE)c.inverse_zx);
      const VALUES inverse_zy = (VALUES)((VALUE)c.inverse_zy), log_scale = (VALUES)((VALUE)c.log_scale);
      for (size_t i = 0; i < tile; i++) {
        const VALUES dx = tile_x[i] - mean_x, dy = tile_y[i] - mean_y, dz = tile_z[i] - mean_z;
        const VALUES u = inverse_xx * dx, v = OF(fused)(inverse_yx, dx, inverse_yy * dy);
        const VALUES w = OF(fused)(inverse_zx, dx, OF(fused)(inverse_zy, dy, inverse_zz * dz));
        const VALUES square = OF(fused)(u, u, OF(fused)(v, v, w * w));
        const VALUES log = OF(fused)(square, (VALUES)((VALUE)-0.5), log_scale);
        logs[k][i] = log;
        largest[i] = k == 0 ? log : OF(larger)(largest[i], log);
      }
    }
    likelihood = OF(add_likelihood)(likelihood, logs, component_count, largest, tile_weights, tile, factors);
    if (sums == NULL) continue;
    for (size_t k = 0; k < component_count; k++) {
      const halompi_spatial_gaussian c = components[k];
      const VALUE mean_x = (VALUE)c.mean_x, mean_y = (VALUE)c.mean_y, mean_z = (VALUE)c.mean_z;
      VALUES own[10];
      for (size_t j = 0; j < 10; j++) own[j] = (VALUES)((VALUE)0);
      for (size_t i = 0; i < tile; i++) {
        const VALUES dx = tile_x[i] - mean_x, dy = tile_y[i] - mean_y, dz = tile_z[i] - mean_z;
        const VALUES r = logs[k][i] * factors[i], rx = r * dx, ry = r * dy, rz = r * dz;
        own[0] += r;
        own[1] += rx;
        own[2] += ry;
        own[3] += rz;
        own[4] = OF(fused)(rx, dx, own[4]);
        own[5] = OF(fused)(rx, dy, own[5]);
        own[6] = OF(fused)(rx, dz, own[6]);
        own[7] = OF(fused)(ry, dy, own[7]);
        own[8] = OF(fused)(ry, dz, own[8]);
        own[9] = OF(fused)(rz, dz, own[9]);
      }
      for (size_t j = 0; j < 10; j++) lanes[k][j] += __builtin_convertvector(own[j], TOTALS);
    }
  }
  if (sums != NULL) {
    for (size_t k = 0; k < component_count; k++) {
      double totals[10];
      for (size_t j = 0; j < 10; j++) totals[j] = OF(total)(lanes[k][j]);
      sums[k] = (halompi_spatial_sums){
          totals[0], totals[1], totals[2], totals[3], totals[4],
          totals[5], totals[6], totals[7], totals[8], totals[9]};
    }
  }
  return OF(total)(likelihood);
}

#undef VALUE
#undef VALUES
#undef TOTALS
#undef OF

#endif
