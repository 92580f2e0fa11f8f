"""Logs in, submits an image and fetches its text with Aspose's official client for Python.

Usage: python aspose_client.py BASE_URL CLIENT_ID CLIENT_SECRET IMAGE WORDS

Fails unless the text contains the words.
"""

import base64
import sys
import time

from aspose_ocr_cloud import ApiClient, Configuration
from aspose_ocr_cloud.api.recognize_image_api import RecognizeImageApi
from aspose_ocr_cloud.models.ocr_recognize_image_body import OCRRecognizeImageBody
from aspose_ocr_cloud.models.ocr_settings_recognize_image import OCRSettingsRecognizeImage


class SimulatorConfiguration(Configuration):
    """The client has an option for the base URL, but a fixed address of the token endpoint."""

    def get_token(self):
        self.auth_host = f"{self.host}/connect/token"
        return super().get_token()


def main(base_url, client_id, client_secret, image_path, words):
    configuration = SimulatorConfiguration(
        host=base_url, client_id=client_id, client_secret=client_secret
    )
    with open(image_path, "rb") as image:
        content = base64.b64encode(image.read()).decode()
    settings = OCRSettingsRecognizeImage(language="English", resultType="Text")
    with ApiClient(configuration) as api_client:
        api = RecognizeImageApi(api_client)
        task_id = api.post_recognize_image(OCRRecognizeImageBody(image=content, settings=settings))
        response = api.get_recognize_image(id=task_id)
        while response.task_status in ("Pending", "Processing"):
            time.sleep(0.5)
            response = api.get_recognize_image(id=task_id)
    texts = [base64.b64decode(result.data).decode() for result in response.results or []]
    print(response.task_status, *texts, sep="\n")
    if response.task_status != "Completed" or words not in "".join(texts):
        sys.exit(f"got another text; allowed: one with '{words}'")


if __name__ == "__main__":
    main(*sys.argv[1:])
