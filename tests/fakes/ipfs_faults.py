"""What an IPFS node or gateway can do wrong, as answers for `FakeIpfsNode.faults`."""

import socket
import time

from tests.fakes.ipfs_node import Request


def answer_other_bytes(request: Request) -> None:
    """A flipped bit in every answer."""
    block = bytearray(request.node.blocks[request.cid])
    block[len(block) // 2] ^= 1
    request.send_whole(200, bytes(block))


def answer_short(request: Request) -> None:
    """Half a block, as if it were whole."""
    block = request.node.blocks[request.cid]
    request.send_whole(200, block[: len(block) // 2])


def end_with_error_trailer(request: Request) -> None:
    """Kubo's way when a disk fails in the middle: status 200, less data, and a trailer that nobody reads."""
    pieces = request.node.car(request.cid)
    request.start_stream()
    for piece in pieces[:3]:
        request.send_chunk(piece)
    request.wfile.write(b"0\r\nX-Stream-Error: block was not found\r\n\r\n")


def cut_the_connection(request: Request) -> None:
    """Half of what was announced, then nothing."""
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 20))
    request.end_headers()
    request.wfile.write(bytes(1000))
    request.wfile.flush()
    _hang_up(request)


def cut_the_stream(request: Request) -> None:
    """A chunked answer without its end."""
    pieces = request.node.car(request.cid)
    request.start_stream()
    for piece in pieces[:3]:
        request.send_chunk(piece)
    _hang_up(request)


def flip_a_byte_of_the_car(request: Request) -> None:
    pieces = request.node.car(request.cid)
    last = bytearray(pieces[-1])
    last[-1] ^= 1
    request.send_stream([*pieces[:-1], bytes(last)])


def never_end(request: Request) -> None:
    """Bytes for as long as somebody takes them."""
    request.start_stream()
    while True:
        request.send_chunk(bytes(65536))


def drip(request: Request) -> None:
    """A byte now and then: each keeps the read time-out away."""
    request.start_stream()
    while True:
        request.send_chunk(b"\0")
        time.sleep(0.05)


def drip_without_a_length(request: Request) -> None:
    """As drip, in an answer that ends only with the connection."""
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    while True:
        request.wfile.write(b"\0")
        request.wfile.flush()
        time.sleep(0.05)


def drip_the_car(request: Request) -> None:
    """A right tree, a byte now and then."""
    request.start_stream()
    for byte in b"".join(request.node.car(request.cid)):
        request.send_chunk(bytes([byte]))
        time.sleep(0.05)


def drip_headers(request: Request) -> None:
    """An answer whose headers never end."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.wfile.write(b"X-More: yes\r\n")
        request.wfile.flush()
        time.sleep(0.05)


def say_nothing(request: Request) -> None:
    """Takes the request and keeps quiet."""
    time.sleep(3)


def announce_too_much(request: Request) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 40))
    request.end_headers()


def redirect_elsewhere(request: Request) -> None:
    request.send_response(302)
    request.send_header("Location", "http://169.254.169.254/")
    request.send_header("Content-Length", "0")
    request.end_headers()


def fail_inside(request: Request) -> None:
    request.send_refusal("open /home/operator/.ipfs/blocks: input/output error")


def have_no_space(request: Request) -> None:
    request.send_refusal("write /home/operator/.ipfs/blocks/put-1: no space left on device")


def answer_html(request: Request) -> None:
    """Something that is no IPFS node at all."""
    request.send_whole(200, b"<html>welcome</html>")


def refuse_sign_in(request: Request) -> None:
    request.send_whole(403, b"forbidden")


def add_under_another_name(request: Request) -> None:
    """A node that cuts files its own way."""
    request.uploaded()
    request.send_json({"Name": "", "Hash": "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn", "Size": "4"})


def lose_after_add(request: Request) -> None:
    """Names the right CID and keeps nothing of it but a pin."""
    cid = request.node.take(request.uploaded(), request.options)
    request.node.pins.add(cid)
    request.node.blocks.clear()
    request.send_json({"Name": "", "Hash": str(cid), "Size": "4"})


def forget_the_pin(request: Request) -> None:
    cid = request.node.take(request.uploaded(), request.options)
    request.send_json({"Name": "", "Hash": str(cid), "Size": "4"})


def import_without_pin(request: Request) -> None:
    request.uploaded()
    root = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    request.send_json({"Root": {"Cid": {"/": root}, "PinErrorMsg": "block was not found"}})


def _hang_up(request: Request) -> None:
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True
