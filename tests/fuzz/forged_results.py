"""Sealed files of odd content: edits of a result file, each made through HDF5 and sealed anew.

Flipped bits end at the seal. What is left are files that somebody wrote otherwise than
results/FORMAT.md says. An edit is a function of the open file; forged_edits.py lists them by name.
"""

import shutil

import h5py
import numpy as np

from ravine.results import seal

TEXT = h5py.string_dtype()
BAD_UTF8 = b"caf\xe9 \xff"


def forge(source, path, edit, kind="ravine-results"):
    shutil.copy(source, path)
    with h5py.File(path, "r+") as file:
        edit(file)
    seal.seal(path, kind, seal.verify(source, kind))


def put(file, name, values, dtype=None, **options):
    """Another dataset in the place of this one, with its attributes but for the dimensions."""
    attributes = {key: value for key, value in file[name].attrs.items() if key == "units"}
    del file[name]
    file.create_dataset(name, data=values, dtype=dtype, **options).attrs.update(attributes)


def is_text(column):
    return h5py.check_string_dtype(column.dtype) is not None


def deleted(file, name):
    del file[name]


def renamed(file, name):
    file.move(name, name + "_")


def group_instead(file, name):
    del file[name]
    file.create_group(name)


def dataset_instead(file, name):
    del file[name]
    file[name] = [1.0, 2.0]


def emptied(file, name):
    for member in list(file[name]):
        del file[name][member]
    for attribute in list(file[name].attrs):
        del file[name].attrs[attribute]


def dangling(file, name):
    del file[name]
    file[name] = h5py.SoftLink("/nowhere")


def linked_inside(file, name):
    file.move(name, "/elsewhere")
    file[name] = h5py.SoftLink("/elsewhere")


def linked_outside(file, name):
    del file[name]
    file[name] = h5py.ExternalLink("/etc/passwd", name)


def shorter(file, name):
    put(file, name, file[name][:-1], file[name].dtype)


def longer(file, name):
    values = file[name][:]
    put(file, name, np.append(values, values[-1:]), file[name].dtype)


def matrix(file, name):
    put(file, name, file[name][:].reshape(-1, 1), file[name].dtype)


def scalar(file, name):
    put(file, name, file[name][0], file[name].dtype)


def without_values(file, name):
    put(file, name, h5py.Empty(file[name].dtype))


def other_kind(file, name):
    if is_text(file[name]):
        put(file, name, np.arange(float(len(file[name]))))
    else:
        put(file, name, ["words"] * len(file[name]), TEXT)


def structure(file, name):
    put(file, name, np.zeros(len(file[name]), [("a", float), ("b", int)]))


def references(file, name):
    put(file, name, [file["trials"].ref] * len(file[name]), h5py.ref_dtype)


def booleans(file, name):
    put(file, name, np.ones(len(file[name]), bool))


def complex_numbers(file, name):
    put(file, name, np.ones(len(file[name]), complex))


def huge(file, name):
    """8 TiB that are not in the file."""
    del file[name]
    file.create_dataset(name, (2**40,), float, chunks=(2**16,))


def all_huge(file, name):
    for member in file[name.split("/")[0]].values():
        if len(member) == len(file[name]) and member != file[name]:
            huge(file, member.name)
    huge(file, name)


def virtual(file, name):
    rows = len(file[name])
    layout = h5py.VirtualLayout((rows,), float)
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (rows,), float)
    del file[name]
    file.create_virtual_dataset(name, layout)


def stored_outside(file, name):
    rows = len(file[name])
    del file[name]
    file.create_dataset(name, (rows,), "f8", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


OF_COLUMNS = [deleted, renamed, group_instead, dangling, linked_inside, linked_outside, shorter, longer,
              matrix, scalar, without_values, other_kind, structure, references, booleans,
              complex_numbers, huge, all_huge, virtual, stored_outside]
OF_GROUPS = [deleted, renamed, dataset_instead, emptied, dangling, linked_inside, linked_outside]


def values(name, change):
    """An edit of the values of one column."""
    def edit(file):
        new = change(file[name][:])
        put(file, name, new, TEXT if is_text(file[name]) else None)
    return edit


def constant(name, value):
    return values(name, lambda old: np.full(len(old), value,
                                            object if isinstance(value, (str, bytes)) else None))


def first(name, value):
    def change(old):
        old = old.astype(float) if isinstance(value, float) else old
        old[0] = value
        return old
    return values(name, change)


def attribute(place, name, value):
    def edit(file):
        thing = file[place]
        if value is None:
            del thing.attrs[name]
        elif isinstance(value, bytes):
            kind = h5py.h5t.py_create(TEXT, logical=True)
            text = h5py.h5a.create(thing.id, (name + "_").encode(), kind, h5py.h5s.create(h5py.h5s.SCALAR))
            text.write(np.array(value, TEXT))
            if name in thing.attrs:
                del thing.attrs[name]
            h5py.h5a.rename(thing.id, (name + "_").encode(), name.encode())
        else:
            thing.attrs[name] = value
    return edit


def added(name, value):
    """One more column of trials."""
    def edit(file):
        put_all = np.full(len(file["trials/id"]), value, object if isinstance(value, str) else None)
        file.create_dataset(f"trials/{name}", data=put_all,
                            dtype=TEXT if isinstance(value, str) else None)
    return edit


def named(text):
    """A text that is its own name in /components, as what is not a component is there."""
    def edit(file):
        row = {"text": text, "kind": "name", "key": "", "value": text}
        for name, value in row.items():
            put(file, f"components/{name}", np.append(file[f"components/{name}"][:], value), TEXT)
    return edit


def both(*edits):
    def edit(file):
        for one in edits:
            one(file)
    return edit


def loop(file):
    file["loop"] = file["/"]


def damaged_chunk(name):
    """Compressed bytes that do not inflate."""
    def edit(file):
        old = file[name]
        put(file, name, old[:], old.dtype, chunks=(len(old),), compression="gzip")
        chunk = file[name].id.get_chunk_info(0)
        file[name].id.write_direct_chunk((0,), b"\x00" * chunk.size)
    return edit
