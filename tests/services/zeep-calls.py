"""Calls our SOAP service with zeep, a client of another language that reads WSDL and schema strictly.

Arguments: address of the WSDL, "basic" or "digest" (WS-Security), user name, password, path of a file with the inner XML.
Prints one JSON line.
"""
import json
import sys

from requests import Session
from requests.auth import HTTPBasicAuth
from zeep import Client, Transport
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.wsse.username import UsernameToken


def main() -> None:
    address, login, user, password, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        order = file.read()
    session = Session()
    token = UsernameToken(user, password, use_digest=True) if login == "digest" else None
    if login == "basic":
        session.auth = HTTPBasicAuth(user, password)
    client = Client(address, transport=Transport(session=session, timeout=20), wsse=token)
    said = {"operations": {}, "results": {}, "faults": {}}
    for port in ("WorkOrderServiceSoap", "WorkOrderServiceSoap12"):
        service = client.bind("WorkOrderService", port)
        operations = client.wsdl.services["WorkOrderService"].ports[port].binding.all()
        said["operations"][port] = {name: operation.input.signature() for name, operation in operations.items()}
        said["results"][port] = serialize_object(service.submitWorkOrder(gdxml=order), dict)
        try:
            service.submitWorkOrder(gdxml="<gdxx><gd>")
        except Fault as fault:
            said["faults"][port] = {"code": fault.code, "message": fault.message}
    print(json.dumps(said, ensure_ascii=False))


main()
