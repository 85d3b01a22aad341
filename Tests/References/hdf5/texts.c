// Makes texts.h5: texts in all the ways in which other programs store them, and odd links.
//
//   cc texts.c -o texts $(pkg-config --cflags --libs hdf5-openmpi) && ./texts
//
// texts.h5 beside was made by it with HDF5 1.10.8 (Debian 12) on x86-64.

#include <hdf5.h>

static hid_t text(size_t size, H5T_str_t padding) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, size);
  if (size != H5T_VARIABLE) H5Tset_strpad(type, padding);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

static void put(hid_t file, const char *name, hid_t type, hid_t space, const void *value) {
  hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (value) H5Awrite(attribute, type, value);
  H5Aclose(attribute);
}

int main(void) {
  hid_t file = H5Fcreate("texts.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hsize_t one = 1, two = 2;
  hid_t scalar = H5Screate(H5S_SCALAR), none = H5Screate(H5S_NULL);
  hid_t list_of_one = H5Screate_simple(1, &one, NULL), list_of_two = H5Screate_simple(1, &two, NULL);
  hid_t variable = text(H5T_VARIABLE, H5T_STR_NULLTERM);
  const char *texts[2] = {"Mpc/h", "km/s"}, *null[1] = {NULL};

  put(file, "nullTerminated", text(8, H5T_STR_NULLTERM), scalar, "Mpc/h\0xx");
  put(file, "nullPadded", text(8, H5T_STR_NULLPAD), scalar, "Mpc/h\0\0\0");
  put(file, "spacePadded", text(8, H5T_STR_SPACEPAD), scalar, "Mpc/h   ");
  put(file, "filled", text(5, H5T_STR_NULLPAD), scalar, "Mpc/h");
  put(file, "blank", text(3, H5T_STR_SPACEPAD), scalar, "   ");
  put(file, "variable", variable, scalar, texts);
  put(file, "variableInList", variable, list_of_one, texts);
  put(file, "variableEmpty", variable, scalar, null);
  put(file, "twoTexts", variable, list_of_two, texts);
  put(file, "nothing", text(4, H5T_STR_NULLTERM), none, NULL);

  const unsigned char big_endian[4] = {0xff, 0xfe, 0x01, 0x2c};
  put(file, "bigEndian", H5T_STD_I16BE, list_of_two, big_endian);

  H5Lcreate_soft("/nowhere", file, "dangling", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/", file, "circle", H5P_DEFAULT, H5P_DEFAULT);
  return H5Fclose(file) < 0;
}
