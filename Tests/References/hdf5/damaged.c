/* Writes cycle.h5, whose groups lie within each other in a circle, and huge.h5, whose dataset
   announces 2^40 numbers and has none of them. */
#include <hdf5.h>

static hid_t created(const char *path) {
  hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  H5Pset_obj_track_times(creation, 0);
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
  H5Pclose(creation);
  return file;
}

static void writeText(hid_t object, const char *name, const char *text, size_t length) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, length);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, text);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

static void writeCycle(void) {
  hid_t file = created("cycle.h5");
  hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
  H5Pset_obj_track_times(creation, 0);
  hid_t group = H5Gcreate2(file, "below", H5P_DEFAULT, creation, H5P_DEFAULT);
  H5Lcreate_hard(file, "/", group, "above", H5P_DEFAULT, H5P_DEFAULT);
  H5Gclose(group);
  H5Pclose(creation);
  H5Fclose(file);
}

static void writeHuge(void) {
  hid_t file = created("huge.h5");
  hsize_t extents[1] = {(hsize_t)1 << 40};
  hid_t space = H5Screate_simple(1, extents, NULL);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(creation, 0);
  hid_t dataset = H5Dcreate2(file, "density", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  writeText(dataset, "checksum", "0123456789abcdef", 16);
  H5Dclose(dataset);
  H5Pclose(creation);
  H5Sclose(space);
  H5Fclose(file);
}

int main(void) {
  writeCycle();
  writeHuge();
  return 0;
}
