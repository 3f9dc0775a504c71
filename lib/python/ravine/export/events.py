"""Curves as event files of TensorBoard.

No package that writes them is in Debian, and their form is small: records of a length, bytes, and CRC-32C of both
(TensorFlow's TFRecord), each with an Event in the wire format of protocol buffers.
"""

import math
import re
import shutil
import struct

COLUMNS_OF_PLACE = ("trial", "step")


def write(results, stem):
    """One run for each trial, in a folder that TensorBoard shows: STEM.tensorboard/0007-adam-lr0.001-seed2."""
    folder = stem.with_name(f"{stem.name}.tensorboard")
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    curves = dict(tuple(results.curves.groupby("trial")))
    for number, trial in results.trials.iterrows():
        optimizer = re.sub(r"\W+", "_", trial["optimizer"]).strip("_")[:60]
        run = part / f"{number:04d}-{optimizer}-lr{trial['learning_rate']:g}-seed{trial['seed']}"
        run.mkdir(parents=True)
        with open(run / "events.out.tfevents.0000000000.ravine", "wb") as file:
            file.write(record(event(0.0, version="brain.Event:2")))
            file.write(record(event(0.0, values={"text/spec": trial["spec"]})))
            if number in curves:
                for row in rows(curves[number]):
                    file.write(record(row))
    if folder.exists():
        shutil.rmtree(folder)
    part.rename(folder)
    return [folder]


def rows(curve):
    """An event for each observation, with the scalars that it has."""
    names = [name for name in curve.columns if name not in COLUMNS_OF_PLACE]
    for values in curve.to_dict("records"):
        seconds = values.get("train_seconds", math.nan)
        scalars = {name: values[name] for name in names if not math.isnan(values[name])}
        yield event(0.0 if math.isnan(seconds) else seconds, int(values["step"]), values=scalars)


# Wire format: a key of field number and type (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes).

def event(wall_time, step=0, values=None, version=None):
    """Event: wall_time = 1, step = 2, file_version = 3, summary = 5."""
    message = b"\x09" + struct.pack("<d", wall_time)
    if step:
        message += b"\x10" + varint(step)
    if version:
        message += sized(3, version.encode())
    if values:
        message += sized(5, b"".join(sized(1, summary_value(*item)) for item in values.items()))
    return message


def summary_value(tag, value):
    """Summary.Value: tag = 1, simple_value = 2; a text is a string tensor = 8 (dtype = 1: 7, string_val = 8)."""
    if isinstance(value, str):
        plugin = sized(9, sized(1, sized(1, b"text")))
        return sized(1, tag.encode()) + plugin + sized(8, b"\x08\x07" + sized(8, value.encode()))
    return sized(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def sized(field, payload):
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def varint(number):
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    text = bytearray()
    while number > 0x7f:
        text.append(number & 0x7f | 0x80)
        number >>= 7
    text.append(number)
    return bytes(text)


def record(payload):
    length = struct.pack("<Q", len(payload))
    return length + masked_crc(length) + payload + masked_crc(payload)


def masked_crc(data):
    """TFRecord's: rotated right by 15 and moved, so that the CRC of data with its CRC is not trivial."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff)


def _table():
    """Castagnoli's polynomial, reflected."""
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
        table.append(crc)
    return table


TABLE = _table()


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xff]
    return crc ^ 0xffffffff
