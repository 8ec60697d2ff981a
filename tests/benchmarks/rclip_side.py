"""rclip's command line, run in rclip's own environment, for networks of any size of photos.

`RCLIP_IMAGE_SIZE` is the size in pixels a side; what follows the script is what `rclip` is given.
"""

import os

from rclip.utils import preprocess

if __name__ == "__main__":
    preprocess.IMAGE_SIZE = int(os.environ["RCLIP_IMAGE_SIZE"])
    from rclip.main import main

    main()
