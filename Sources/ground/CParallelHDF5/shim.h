#ifndef HALOMPI_CPARALLELHDF5_SHIM_H
#define HALOMPI_CPARALLELHDF5_SHIM_H

#include <hdf5.h>

// HDF5 spells its predefined types, property classes and flags as macros that first open the
// library and then read a mutable global, neither of which Swift can import.

static inline hid_t ch5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t ch5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t ch5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t ch5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t ch5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t ch5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t ch5_native_uint64(void) { return H5T_NATIVE_UINT64; }

static inline hid_t ch5_little_endian_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t ch5_little_endian_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t ch5_little_endian_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t ch5_little_endian_int32(void) { return H5T_STD_I32LE; }
static inline hid_t ch5_little_endian_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t ch5_little_endian_int64(void) { return H5T_STD_I64LE; }
static inline hid_t ch5_little_endian_uint64(void) { return H5T_STD_U64LE; }

static inline hid_t ch5_character(void) { return H5T_C_S1; }
static inline size_t ch5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t ch5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t ch5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t ch5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t ch5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t ch5_dataset_transfer(void) { return H5P_DATASET_XFER; }

static inline unsigned ch5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned ch5_truncate(void) { return H5F_ACC_TRUNC; }

// In Open MPI a null handle is the address of a global, never a null pointer.
static inline MPI_Info ch5_info_null(void) { return MPI_INFO_NULL; }

#endif
